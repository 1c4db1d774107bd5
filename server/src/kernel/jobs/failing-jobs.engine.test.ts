import { describe, expect, test } from 'vitest';
import { hourly, openJobsStage, payload, plain, START, stubborn } from '../../../test/harness/jobs.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { Tx } from '../db/index.ts';
import { defineJob, enqueue, handleJob, type JobAlert, listDeadJobs, replayJob } from './index.ts';

const unknown = defineJob({ name: 'test.unknown', version: 1, payload });

const { db, clock, workerOf, add, readJobs } = await openJobsStage();

describe('a job that fails', () => {
  test('a failing job backs off twice as long each time and is dead after ten attempts', async () => {
    await add(1);
    const alerts: JobAlert[] = [];
    const worker = workerOf({
      handlers: [
        handleJob(plain, async () => {
          throw new Error('no', { cause: new Error('because') });
        }),
      ],
      onAlert: async (_tx, alert) => void alerts.push(alert),
    });
    const waits: number[] = [];
    for (let attempt = 1; attempt < 10; attempt += 1) {
      await worker.drain();
      const [row] = await readJobs();
      expect(row).toMatchObject({
        attempts: attempt,
        state: 'waiting',
        last_error: 'Error: no; caused by Error: because',
      });
      waits.push(row!.run_at - clock.now());
      clock.set(row!.run_at);
    }
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeLessThanOrEqual(2_000 * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(1_600 * 2 ** index);
    }
    await worker.drain();
    expect(await readJobs()).toMatchObject([{ state: 'dead', attempts: 10 }]);
    expect(alerts.at(-1)).toMatchObject({ kind: 'dead', job: 'test.plain', attempts: 10 });
    expect(await worker.drain()).toMatchObject({ ran: [] });
  });

  test('a job of money is never given up and raises an alert from the third failure on', async () => {
    await db.tx('test', (tx) => enqueue(tx, stubborn, { n: 1 }));
    const alerts: number[] = [];
    const worker = workerOf({
      handlers: [
        handleJob(stubborn, async () => {
          throw new Error('no');
        }),
      ],
      onAlert: async (tx, alert) => {
        tx.afterCommit(() => alerts.push(alert.attempts));
      },
    });
    const { ran } = await worker.drain({ clock, until: START + 6 * HOUR_MS });
    expect(ran.length).toBeGreaterThan(15);
    expect(alerts).toEqual(Array.from({ length: ran.length - 2 }, (_, index) => index + 3));
    const [row] = await readJobs();
    expect(row!.state).toBe('waiting');
    expect(row!.run_at - clock.now()).toBeLessThanOrEqual(30 * MINUTE_MS);
  });

  test('a dead job is listed, and replayed it runs', async () => {
    await add(1, { key: 'k' });
    await db.tx('arrange', (tx) => tx.query.updateTable('jobs').set({ payload: '{"n":"x"}' }).execute());
    const seen: number[] = [];
    const worker = workerOf({ handlers: [handleJob(plain, async (job) => void seen.push(job.payload.n))] });
    await worker.drain();
    const [dead] = await listDeadJobs(db);
    expect(dead).toMatchObject({ name: 'test.plain', key: 'k', payload: { n: 'x' }, attempts: 1 });
    expect(dead!.error).toContain('the payload is not valid: n');
    await db.tx('arrange', (tx) => tx.query.updateTable('jobs').set({ payload: '{"n":5}' }).execute());
    expect(await db.tx('replay', (tx) => replayJob(tx, dead!.id))).toBe(true);
    expect(await db.tx('replay', (tx) => replayJob(tx, dead!.id))).toBe(false);
    await worker.drain();
    expect(seen).toEqual([5]);
  });

  test('a key that a dead job holds can be enqueued again', async () => {
    await add(1, { key: 'k' });
    await db.tx('arrange', (tx) =>
      tx.query.updateTable('jobs').set({ state: 'dead', attempts: 10 }).execute(),
    );
    expect(await add(2, { key: 'k' })).toBe(true);
    expect(await readJobs()).toMatchObject([{ state: 'waiting', payload: '{"n":2}', attempts: 0 }]);
    expect(await add(3, { key: 'k' })).toBe(false);
  });

  test('a payload one version old is run, an older one is dead, a newer one is left alone', async () => {
    await add(1);
    await add(2);
    await add(3);
    for (const n of [1, 2, 3]) {
      await db.tx('arrange', (tx) =>
        tx.query
          .updateTable('jobs')
          .set({ version: n - 1 })
          .where('payload', '=', `{"n":${n}}`)
          .execute(),
      );
    }
    await add(4);
    await db.tx('arrange', (tx) =>
      tx.query.updateTable('jobs').set({ version: 3 }).where('payload', '=', '{"n":4}').execute(),
    );
    const seen: number[] = [];
    const worker = workerOf({ handlers: [handleJob(plain, async (job) => void seen.push(job.payload.n))] });
    await worker.drain();
    expect(new Set(seen)).toEqual(new Set([2, 3]));
    const rows = await db.query
      .selectFrom('jobs')
      .select(['payload', 'state', 'last_error'])
      .orderBy('payload')
      .execute();
    expect(rows).toMatchObject([
      { payload: '{"n":1}', state: 'dead', last_error: expect.stringContaining('too old') },
      { payload: '{"n":4}', state: 'waiting' },
    ]);
  });

  test('a job that no node knows is left alone for a day and then shown as dead', async () => {
    await db.tx('test', (tx) => enqueue(tx, unknown, { n: 1 }));
    const alerts: JobAlert[] = [];
    const options = {
      onAlert: async (tx: Tx, alert: JobAlert) => tx.afterCommit(() => alerts.push(alert)),
    };
    const seeding = workerOf({});
    await seeding.start();
    await seeding.stop();
    clock.set(START + DAY_MS - HOUR_MS);
    await workerOf(options).drain();
    expect(await listDeadJobs(db)).toEqual([]);
    clock.set(START + DAY_MS + HOUR_MS);
    await workerOf(options).drain();
    expect(await listDeadJobs(db)).toMatchObject([
      { name: 'test.unknown', error: expect.stringContaining('no node knows') },
    ]);
    expect(alerts).toMatchObject([{ kind: 'dead', job: 'test.unknown' }]);
  });

  test('a recurring job that fails is retried, alerts, and is never dead', async () => {
    const alerts: JobAlert[] = [];
    const handler = handleJob(hourly.definition, async () => {
      throw new Error('no');
    });
    const options = {
      handlers: [handler],
      crons: [hourly],
      onAlert: async (tx: Tx, alert: JobAlert) => tx.afterCommit(() => alerts.push(alert)),
    };
    const seeding = workerOf({ ...options, handlers: [handleJob(hourly.definition, async () => undefined)] });
    await seeding.start();
    await seeding.stop();
    const { failures } = await workerOf(options).drain({ clock, until: START + 4 * HOUR_MS });
    const row = (await readJobs()).find((job) => job.name === 'test.hourly');
    expect(row).toMatchObject({ state: 'waiting', attempts: failures.length });
    expect(failures.length).toBeGreaterThan(10);
    expect(alerts.map((alert) => alert.kind)).toEqual(
      Array.from({ length: failures.length - 2 }, () => 'failing'),
    );
  });
});
