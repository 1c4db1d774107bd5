import { afterAll, beforeEach } from 'vitest';
import { z } from 'zod';
import { createFakeClock, HOUR_MS } from '../../src/kernel/clock.ts';
import {
  createWorker,
  defineCron,
  defineJob,
  enqueue,
  type WorkerOptions,
} from '../../src/kernel/jobs/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { openTestDb } from './database.ts';

export const START = Date.UTC(2026, 0, 2, 10, 30);

export const payload = z.object({ n: z.number() });
export const plain = defineJob({ name: 'test.plain', version: 2, payload });
export const stubborn = defineJob({ name: 'test.money', version: 1, payload, isMoney: true });
export const hourly = defineCron({ name: 'test.hourly', everyMs: HOUR_MS });

/** A database without jobs and a clock at {@link START}, before each test of the file that opens it. */
export async function openJobsStage() {
  const clock = createFakeClock(START);
  const db = await openTestDb({ clock });
  afterAll(() => db.close());
  beforeEach(async () => {
    clock.set(START);
    await db.tx('clean', (tx) => tx.query.deleteFrom('jobs').execute());
  });
  return {
    db,
    clock,
    workerOf: (options: Partial<WorkerOptions>) =>
      createWorker({ db, clock, log: silentLogger, handlers: [], pollMs: 20, ...options }),
    add: (n: number, options = {}) => db.tx('test', (tx) => enqueue(tx, plain, { n }, options)),
    readJobs: () => db.query.selectFrom('jobs').selectAll().orderBy('id').execute(),
  };
}
