import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { openTestDb } from '../../../test/harness/database.ts';
import { systemClock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { silentLogger } from '../log/index.ts';
import {
  type ClaimStrategy,
  cancelJob,
  createWorker,
  defineJob,
  enqueue,
  handleJob,
  type WorkerOptions,
} from './index.ts';

const payload = z.object({ n: z.number() });
const plain = defineJob({ name: 'beside.plain', version: 2, payload });
const shortLived = defineJob({ name: 'beside.leased', version: 1, payload, leaseMs: 900 });

describe('workers side by side', () => {
  let db: Db & { readonly url: string };
  beforeAll(async () => {
    db = await openTestDb({ clock: systemClock, rehearse: false });
  });
  afterAll(() => db.close());
  beforeEach(() => db.tx('clean', (tx) => tx.query.deleteFrom('jobs').execute()));

  const workerOf = (options: Partial<WorkerOptions>) =>
    createWorker({ db, clock: systemClock, log: silentLogger, handlers: [], pollMs: 20, ...options });

  test.each<ClaimStrategy>(['conditional_update', 'skip_locked'])(
    'three workers run 120 jobs once each (%s)',
    async (claimStrategy) => {
      if (db.engine === 'sqlite' && claimStrategy === 'skip_locked') {
        return;
      }
      await db.tx('test', async (tx) => {
        for (let n = 0; n < 120; n += 1) {
          await enqueue(tx, plain, { n });
        }
      });
      const seen: number[] = [];
      const handlers = [handleJob(plain, async (job) => void seen.push(job.payload.n))];
      const workers = [1, 2, 3].map(() => workerOf({ handlers, claimStrategy }));
      await Promise.all(workers.map((worker) => worker.start()));
      await vi.waitUntil(() => seen.length >= 120, { timeout: 10_000 });
      await Promise.all(workers.map((worker) => worker.stop()));
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n));
    },
  );

  test('no more jobs run at once than the worker may', async () => {
    let atOnce = 0;
    let most = 0;
    let done = 0;
    await db.tx('test', async (tx) => {
      for (let n = 0; n < 12; n += 1) {
        await enqueue(tx, plain, { n });
      }
    });
    const worker = workerOf({
      concurrency: 3,
      handlers: [
        handleJob(plain, async () => {
          atOnce += 1;
          most = Math.max(most, atOnce);
          await sleep(5);
          atOnce -= 1;
          done += 1;
        }),
      ],
    });
    await worker.start();
    await vi.waitUntil(() => done === 12, { timeout: 5_000 });
    await worker.stop();
    expect(most).toBe(3);
  });

  test('a job enqueued in this process is run at once, without waiting for the poll', async () => {
    let ranAt = 0;
    const worker = workerOf({
      pollMs: 60_000,
      handlers: [
        handleJob(plain, async () => {
          ranAt = Date.now();
        }),
      ],
    });
    await worker.start();
    await sleep(50);
    await db.tx('test', (tx) => enqueue(tx, plain, { n: 1 }));
    await vi.waitUntil(() => ranAt > 0, { timeout: 2_000 });
    await worker.stop();
  });

  test('the heartbeat keeps a long run its lease', async () => {
    await db.tx('test', (tx) => enqueue(tx, shortLived, { n: 1 }));
    let runs = 0;
    const handlers = [
      handleJob(shortLived, async () => {
        runs += 1;
        await sleep(2_000);
      }),
    ];
    const workers = [1, 2].map(() => workerOf({ handlers }));
    await Promise.all(workers.map((worker) => worker.start()));
    await vi.waitUntil(() => runs > 0);
    await sleep(2_200);
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(runs).toBe(1);
    expect(
      await db.query.selectFrom('jobs').selectAll().where('name', '=', 'beside.leased').execute(),
    ).toEqual([]);
  });

  test('the signal of a run is aborted when its lease is lost', async () => {
    await db.tx('test', (tx) => enqueue(tx, shortLived, { n: 1 }, { key: 'k' }));
    let reason: unknown;
    const worker = workerOf({
      handlers: [
        handleJob(shortLived, async (job) => {
          await new Promise((resolve) => {
            job.signal.addEventListener('abort', resolve);
          });
          reason = job.signal.reason;
          job.signal.throwIfAborted();
        }),
      ],
    });
    await worker.start();
    await sleep(30);
    await db.tx('cancel', (tx) => cancelJob(tx, shortLived, 'k'));
    await vi.waitUntil(() => reason !== undefined, { timeout: 3_000 });
    await worker.stop();
    expect(String(reason)).toContain('lease');
  });

  test('stop waits for what runs, then aborts it and gives it back without counting an attempt', async () => {
    await db.tx('test', (tx) => enqueue(tx, plain, { n: 1 }));
    let hasBegun = false;
    const worker = workerOf({
      graceMs: 50,
      handlers: [
        handleJob(plain, async (job) => {
          hasBegun = true;
          await sleep(10_000, undefined, { signal: job.signal });
        }),
      ],
    });
    await worker.start();
    await vi.waitUntil(() => hasBegun);
    await worker.stop();
    const rows = await db.query.selectFrom('jobs').selectAll().where('name', '=', 'beside.plain').execute();
    expect(rows).toMatchObject([{ attempts: 0, lease_token: null, state: 'waiting' }]);
    expect(worker.status()).toMatchObject({ isStarted: false, running: 0 });
  });
});
