import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { defineJob, enqueue } from '../jobs/index.ts';
import { createMetrics } from './index.ts';

const counted = defineJob({ name: 'counted.run', version: 1, payload: z.object({}) });
const clock = createFakeClock(1_000_000);

let db: Db;
const metrics = createMetrics();
beforeEach(async () => {
  db = await openTestDb({ clock, rehearse: false, onTransaction: metrics.observeTransaction });
});
afterEach(() => db.close());

test('what the kernel reports and what waits in the database stands in the text', async () => {
  await db.tx('job.add', async (tx) => {
    await enqueue(tx, counted, {});
    await enqueue(tx, counted, {}, { runAt: 2_000_000 });
  });
  await expect(db.tx('job.refuse', () => Promise.reject(new Error('no')))).rejects.toThrow();
  metrics.observeRequest({ method: 'GET', route: '/orders/:id', status: 200, durationMs: 3 });
  metrics.observeJob({ name: 'counted.run', result: 'failed', durationMs: 5, lagMs: 100 });
  metrics.observeCall({
    provider: 'bank',
    operation: 'pay',
    status: undefined,
    failure: 'timeout',
    durationMs: 9,
  });
  metrics.observeCall({ provider: 'bank', operation: 'pay', status: 404, failure: undefined, durationMs: 9 });
  metrics.watch({ db, clock, countAlerts: async () => ({ mismatch: 2 }) });
  clock.advance(5_000);
  const text = await metrics.render();
  for (const line of [
    'suanpan_transaction_seconds_count{name="job.add",result="committed"} 1',
    'suanpan_transaction_seconds_count{name="job.refuse",result="refused"} 1',
    'suanpan_http_seconds_count{method="GET",route="/orders/:id",status="200"} 1',
    'suanpan_job_seconds_count{name="counted.run",result="failed"} 1',
    'suanpan_job_lag_seconds_sum{name="counted.run"} 0.1',
    'suanpan_call_seconds_count{provider="bank",operation="pay",outcome="timeout"} 1',
    'suanpan_call_seconds_count{provider="bank",operation="pay",outcome="4xx"} 1',
    'suanpan_jobs{state="waiting"} 2',
    'suanpan_jobs{state="dead"} 0',
    'suanpan_job_overdue_seconds 5',
    'suanpan_alerts{kind="mismatch"} 2',
  ]) {
    expect(text).toContain(line);
  }
});
