import { describe, expect, test, vi } from 'vitest';
import { hourly, openJobsStage, plain, START, stubborn } from '../../../test/harness/jobs.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import { openTransactionName } from '../db/index.ts';
import { withMark } from '../db/mark.ts';
import { cancelJob, defineCron, enqueue, handleJob, type JobRun, moveJob } from './index.ts';

const nightly = defineCron({ name: 'test.nightly', cron: '0 3 * * *', timeZone: 'Asia/Shanghai' });

const { db, clock, workerOf, add, readJobs } = await openJobsStage();

describe('the worker', () => {
  test('due jobs are run in the order of their times and deleted', async () => {
    await add(2, { runAt: START - 1 });
    await add(1, { runAt: START - 2 });
    await add(3, { runAt: START + 1 });
    const seen: number[] = [];
    const worker = workerOf({ handlers: [handleJob(plain, async (job) => void seen.push(job.payload.n))] });
    expect(await worker.drain()).toEqual({ ran: ['test.plain', 'test.plain'], failures: [] });
    expect(seen).toEqual([1, 2]);
    expect(await readJobs()).toMatchObject([{ run_at: START + 1, attempts: 0, lease_token: null }]);
  });

  test('drain moves the clock from one due time to the next', async () => {
    await add(1, { runAt: START + MINUTE_MS });
    await add(2, { runAt: START + 2 * MINUTE_MS });
    const times: number[] = [];
    const worker = workerOf({
      handlers: [handleJob(plain, async () => void times.push(clock.now() - START))],
    });
    await worker.drain({ clock, until: START + HOUR_MS });
    expect(times).toEqual([MINUTE_MS, 2 * MINUTE_MS]);
    expect(clock.now()).toBe(START + HOUR_MS);
  });

  test('a handler runs without the mark of a transaction and with the facts of its job', async () => {
    await db.tx('test', (tx) => enqueue(tx, plain, { n: 7 }));
    let seen: JobRun<{ n: number }> | undefined;
    let mark: string | undefined = 'none yet';
    const worker = workerOf({
      handlers: [
        handleJob(plain, async (job) => {
          seen = job;
          mark = openTransactionName();
        }),
      ],
    });
    await worker.drain();
    expect(mark).toBeUndefined();
    expect(seen).toMatchObject({ payload: { n: 7 }, attempt: 1, createdAt: START });
  });

  test('a job that completes itself in its own transaction leaves nothing behind', async () => {
    await add(1);
    const worker = workerOf({
      handlers: [
        handleJob(plain, (job) =>
          db.tx('effect', async (tx) => {
            await enqueue(tx, stubborn, { n: 1 }, { key: 'effect', runAt: START + DAY_MS });
            await job.complete(tx);
          }),
        ),
      ],
    });
    await worker.drain();
    expect(await readJobs()).toMatchObject([{ unique_key: 'test.money:effect' }]);
  });

  test('a job that was cancelled while it ran can not commit its effect', async () => {
    await add(1, { key: 'a' });
    const worker = workerOf({
      handlers: [
        handleJob(plain, async (job) => {
          await db.tx('cancel', (tx) => cancelJob(tx, plain, 'a'));
          await db.tx('effect', async (tx) => {
            await enqueue(tx, stubborn, { n: 1 });
            await job.complete(tx);
          });
        }),
      ],
    });
    const report = await worker.drain();
    expect(report.ran).toEqual(['test.plain']);
    expect(await readJobs()).toEqual([]);
  });

  test('a rescheduled job keeps its row and counts its attempts anew', async () => {
    await add(1, { key: 'a' });
    let runs = 0;
    const worker = workerOf({
      handlers: [
        handleJob(plain, async (job) => {
          runs += 1;
          if (runs === 1) {
            throw new Error('not yet');
          }
          await db.tx('later', (tx) => job.reschedule(tx, tx.now + MINUTE_MS, { n: 2 }));
        }),
      ],
    });
    await worker.drain({ clock, until: START + 10_000 });
    expect(runs).toBe(2);
    const [row] = await readJobs();
    expect(row).toMatchObject({ attempts: 0, payload: '{"n":2}', lease_token: null, last_error: null });
    expect(row!.run_at).toBeGreaterThan(START + MINUTE_MS);
  });

  test('a job that recurs is one row however many nodes seed it, and moves to its next time', async () => {
    const runs: string[] = [];
    const handlers = [
      handleJob(
        hourly.definition,
        async () => void runs.push(`hourly ${new Date(clock.now()).toISOString()}`),
      ),
      handleJob(nightly.definition, async (job) => {
        await db.tx('nightly', (tx) => job.complete(tx));
        runs.push(`nightly ${new Date(clock.now()).toISOString()}`);
      }),
    ];
    const nodes = [1, 2].map(() => workerOf({ handlers, crons: [hourly, nightly] }));
    await Promise.all(nodes.map((node) => node.start()));
    await Promise.all(nodes.map((node) => node.stop()));
    await workerOf({ handlers, crons: [hourly, nightly] }).drain({ clock, until: START + 12 * HOUR_MS });
    expect(runs.filter((run) => run.startsWith('hourly'))).toHaveLength(12);
    expect(runs[0]).toBe('hourly 2026-01-02T11:00:00.000Z');
    expect(runs.filter((run) => run.startsWith('nightly'))).toEqual(['nightly 2026-01-02T19:00:00.000Z']);
  });

  test('a lease that ran out is taken over, and the first run can no longer complete', async () => {
    await add(1);
    let first: JobRun<{ n: number }> | undefined;
    let release = (): void => undefined;
    const slow = workerOf({
      handlers: [
        handleJob(plain, async (job) => {
          first = job;
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          await db.tx('late', async (tx) => {
            await enqueue(tx, stubborn, { n: 1 });
            await job.complete(tx);
          });
        }),
      ],
    });
    const slowRun = slow.drain();
    await vi.waitUntil(() => first !== undefined);
    clock.advance(61_000);
    const seen: number[] = [];
    const taker = handleJob(plain, async (job) => {
      seen.push(job.attempt);
      await db.tx('later', (tx) => job.reschedule(tx, START + DAY_MS));
    });
    await workerOf({ handlers: [taker] }).drain();
    expect(seen).toEqual([2]);
    release();
    expect(await slowRun).toMatchObject({ failures: [] });
    expect(await readJobs()).toMatchObject([{ name: 'test.plain', run_at: START + DAY_MS }]);
  });

  test('a handler does not inherit the mark of a transaction from whoever woke the worker', async () => {
    await add(1);
    const marks: (string | undefined)[] = [];
    const worker = workerOf({
      handlers: [handleJob(plain, async () => void marks.push(openTransactionName()))],
    });
    await withMark({ name: 'still open', open: true }, () => worker.drain());
    await worker.start();
    await add(2);
    withMark({ name: 'still open', open: true }, () => worker.wake());
    await vi.waitUntil(() => marks.length === 2);
    await worker.stop();
    expect(marks).toEqual([undefined, undefined]);
  });

  test('jobs moved or cancelled by key run then or never', async () => {
    await add(1, { key: 'a', runAt: START + HOUR_MS });
    await add(2, { key: 'b', runAt: START });
    expect(await db.tx('move', (tx) => moveJob(tx, plain, 'a', START))).toBe(true);
    await db.tx('cancel', (tx) => cancelJob(tx, plain, 'b'));
    await db.tx('cancel a job that is not there', (tx) => cancelJob(tx, plain, 'b'));
    const seen: number[] = [];
    await workerOf({ handlers: [handleJob(plain, async (job) => void seen.push(job.payload.n))] }).drain();
    expect(seen).toEqual([1]);
  });

  test('a second handler of a job and a recurring job without one are refused at once', () => {
    const handler = handleJob(plain, async () => undefined);
    expect(() => workerOf({ handlers: [handler, handler] })).toThrow('two handlers');
    expect(() => workerOf({ crons: [hourly] })).toThrow('no handler');
  });
});
