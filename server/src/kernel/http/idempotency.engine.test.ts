import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock, type FakeClock, MINUTE_MS } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { AppError, notFound, providerUnavailable } from '../errors.ts';
import { type Claim, claimKey, keepAnswer, releaseKey } from './idempotency.ts';

let clock: FakeClock;
let db: Db;
let keys = 0;

beforeAll(async () => {
  clock = createFakeClock(Date.UTC(2026, 10, 20, 9, 0));
  db = await openTestDb({ clock });
});

afterAll(() => db.close());

type Run = Extract<Claim, { kind: 'run' }>;

function newRequest() {
  keys += 1;
  return { key: `key-number-${keys}`, scope: 'usr_buyer POST /orders', content: { body: { quantity: 1 } } };
}

const run = async (request: ReturnType<typeof newRequest>) => (await claimKey(db, request)) as Run;

test('a run that was taken over and is refused then leaves the key to the one that took it over', async () => {
  const request = newRequest();
  const slow = await run(request);
  clock.advance(2 * MINUTE_MS);
  const successor = await run(request);
  expect(successor.claimId).toBe(slow.claimId);
  await releaseKey(db, slow, new AppError(notFound));
  await expect(claimKey(db, request)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  await releaseKey(db, slow, new AppError(providerUnavailable));
  await expect(claimKey(db, request)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  await keepAnswer(db, successor, { status: 201, data: '{"id":"ord_1"}' });
  expect(await claimKey(db, request)).toMatchObject({ kind: 'replay', answer: { status: 201 } });
});

test('an answer that is kept is not freed by the slow run that is refused after it', async () => {
  const request = newRequest();
  const slow = await run(request);
  clock.advance(2 * MINUTE_MS);
  const successor = await run(request);
  await keepAnswer(db, successor, { status: 201, data: '{"id":"ord_1"}' });
  await releaseKey(db, slow, new AppError(notFound));
  expect(await claimKey(db, request)).toMatchObject({ kind: 'replay', answer: { status: 201 } });
});

test('a refusal frees the key, and anything else keeps its claim for the next run', async () => {
  const request = newRequest();
  const first = await run(request);
  await releaseKey(db, first, new AppError(providerUnavailable));
  const second = await run(request);
  expect(second.claimId).toBe(first.claimId);
  await releaseKey(db, second, new AppError(notFound));
  const third = await run(request);
  expect(third.claimId).not.toBe(first.claimId);
});
