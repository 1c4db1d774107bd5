import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import type { Actor } from '../../kernel/actor.ts';
import { createFakeClock, MINUTE_MS } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { isError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createWorker, type Worker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { listOpen } from '../alerts/index.ts';
import { handleReservationExpiry } from './expire-reservation.ts';
import {
  checkStock,
  consumeForOrder,
  createStock,
  insufficientStock,
  readStockOf,
  releaseForOrder,
  reserveForCustomer,
  reserveForOrder,
  restockOrder,
  setStock,
  stockNotOnHand,
} from './index.ts';

const by: Actor = { type: 'staff', id: 'usr_clerk' };
const clock = createFakeClock(Date.UTC(2026, 10, 1));
let db: Db;
let worker: Worker;

beforeAll(async () => {
  db = await openTestDb({ clock });
  worker = createWorker({ db, clock, log: silentLogger, handlers: [handleReservationExpiry(db)] });
});

afterAll(async () => {
  expect(await checkStock(db)).toEqual([]);
  await db.close();
});

interface Shelf {
  readonly onHand: number;
  readonly isTracked?: boolean;
  readonly backorderAllowance?: number;
}

async function addVariant({ onHand, isTracked = true, backorderAllowance = 0 }: Shelf): Promise<string> {
  const variantId = newId('var');
  await db.tx('test.create', (tx) =>
    createStock(tx, { variantId, sku: `SKU-${variantId}`, isTracked, onHand, backorderAllowance, by }),
  );
  return variantId;
}

async function reserve(
  lines: readonly [string, number][],
  customerId = newId('usr'),
  orderId = newId('ord'),
): Promise<string> {
  await db.tx('test.reserve', (tx) =>
    reserveForOrder(tx, {
      orderId,
      customerId,
      lines: lines.map(([variantId, quantity]) => ({ variantId, quantity })),
    }),
  );
  return orderId;
}

async function hold(
  customerId: string,
  variantId: string,
  quantity: number,
  maxReservations = 5,
  claimId: string | null = null,
): Promise<string | null> {
  const expiresAt = clock.now() + 15 * MINUTE_MS;
  const limits = { maxReservations, maxReservedUnits: 100 };
  const { reservationId } = await db.tx('test.hold', (tx) =>
    reserveForCustomer(tx, { customerId, variantId, quantity, expiresAt, limits, claimId }),
  );
  return reservationId;
}

test('sixty buyers at once get exactly the twenty units that there are', async () => {
  const variantId = await addVariant({ onHand: 20 });
  const results = await Promise.allSettled(Array.from({ length: 60 }, () => reserve([[variantId, 1]])));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(40);
  expect(refused.every(({ reason }) => isError(reason, insufficientStock))).toBe(true);
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 20, reserved: 20, available: 0 });
});

test('an order that is short names each short line and reserves nothing', async () => {
  const plenty = await addVariant({ onHand: 10 });
  const few = await addVariant({ onHand: 2 });
  const none = await addVariant({ onHand: 0 });
  const refusal = await reserve([
    [few, 3],
    [plenty, 1],
    [none, 1],
  ]).catch((error: unknown) => error);
  expect(isError(refusal, insufficientStock) && refusal.details?.lines).toEqual(
    [
      { variantId: few, requested: 3, available: 2 },
      { variantId: none, requested: 1, available: 0 },
    ].sort((a, b) => (a.variantId < b.variantId ? -1 : 1)),
  );
  expect(await readStockOf(db, plenty)).toMatchObject({ reserved: 0 });
});

test('orders of the same two variants in opposite order do not block each other', async () => {
  const a = await addVariant({ onHand: 100 });
  const b = await addVariant({ onHand: 100 });
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0
        ? reserve([
            [a, 1],
            [b, 2],
          ])
        : reserve([
            [b, 2],
            [a, 1],
          ]),
    ),
  );
  expect(await readStockOf(db, a)).toMatchObject({ reserved: 40 });
  expect(await readStockOf(db, b)).toMatchObject({ reserved: 80 });
});

test('the back-order allowance may be promised, and what is promised beyond the shelf can not be shipped', async () => {
  const variantId = await addVariant({ onHand: 1, backorderAllowance: 2 });
  const orderId = await reserve([[variantId, 3]]);
  await expect(reserve([[variantId, 1]])).rejects.toSatisfy((error) => isError(error, insufficientStock));
  const ship = () => db.tx('test.ship', (tx) => consumeForOrder(tx, orderId, by));
  const refusal = await ship().catch((error: unknown) => error);
  expect(isError(refusal, stockNotOnHand) && refusal.details?.lines).toMatchObject([
    { variantId, requested: 3, onHand: 1 },
  ]);
  await db.tx('test.receive', (tx) => setStock(tx, { variantId, onHand: 3, by }));
  await ship();
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 0, reserved: 0, available: 2 });
});

test('untracked variants are always to be had and leave no trace', async () => {
  const variantId = await addVariant({ onHand: 1, isTracked: false });
  const orderId = await reserve([[variantId, 50]]);
  await db.tx('test.ship', (tx) => consumeForOrder(tx, orderId, by));
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 1, reserved: 0, available: null });
});

test('a variant that stops being tracked gives its promises back instead of shipping them', async () => {
  const variantId = await addVariant({ onHand: 5 });
  const orderId = await reserve([[variantId, 2]]);
  await db.tx('test.untrack', (tx) => setStock(tx, { variantId, isTracked: false, by }));
  await db.tx('test.ship', (tx) => consumeForOrder(tx, orderId, by));
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 5, reserved: 0 });
});

test('a release gives everything back once, however often it is asked for', async () => {
  const variantId = await addVariant({ onHand: 4 });
  const orderId = await reserve([[variantId, 3]]);
  const release = () => db.tx('test.release', (tx) => releaseForOrder(tx, orderId));
  await Promise.all([release(), release(), release()]);
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 4, reserved: 0, available: 4 });
});

test('shipped goods come back to the shelf at most once', async () => {
  const variantId = await addVariant({ onHand: 4 });
  const orderId = await reserve([[variantId, 3]]);
  await db.tx('test.ship', (tx) => consumeForOrder(tx, orderId, by));
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 1, reserved: 0 });
  const restock = () => db.tx('test.restock', (tx) => restockOrder(tx, orderId, by));
  await Promise.all([restock(), restock()]);
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 4, reserved: 0 });
});

test('a count below what is promised raises an alert that names the orders until it is covered again', async () => {
  const variantId = await addVariant({ onHand: 5 });
  const first = await reserve([[variantId, 2]]);
  clock.advance(1_000);
  const second = await reserve([[variantId, 2]]);
  await db.tx('test.count', (tx) => setStock(tx, { variantId, onHand: 1, reason: 'two boxes were wet', by }));
  expect(await readStockOf(db, variantId)).toMatchObject({ onHand: 1, reserved: 4, short: 3, available: 0 });
  const [alert] = await listOpen(db, [variantId]);
  expect(alert?.kind).toBe('stock_short');
  expect(JSON.parse(alert?.details ?? '')).toMatchObject({ short: 3, orderIds: [second, first] });

  await db.tx('test.release', (tx) => releaseForOrder(tx, second));
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 2, short: 1 });
  expect(await listOpen(db, [variantId])).toHaveLength(1);
  await db.tx('test.receive', (tx) => setStock(tx, { variantId, onHand: 2, by }));
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 2, short: 0, available: 0 });
  expect(await listOpen(db, [variantId])).toEqual([]);
});

test('the order of the same customer uses their reservation up, and what is left of it is free again', async () => {
  const variantId = await addVariant({ onHand: 5 });
  const customerId = newId('usr');
  await hold(customerId, variantId, 3);
  await expect(reserve([[variantId, 3]])).rejects.toSatisfy((error) => isError(error, insufficientStock));
  const refusal = await reserve([[variantId, 6]], customerId).catch((error: unknown) => error);
  expect(isError(refusal, insufficientStock) && refusal.details?.lines).toEqual([
    { variantId, requested: 6, available: 5 },
  ]);
  await reserve([[variantId, 4]], customerId);
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 4 });

  await db.tx('test.receive', (tx) => setStock(tx, { variantId, onHand: 10, by }));
  await hold(customerId, variantId, 3);
  await reserve([[variantId, 1]], customerId);
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 5, available: 5 });
});

test('two orders of one customer at once use a reservation only once', async () => {
  const variantId = await addVariant({ onHand: 10 });
  const customerId = newId('usr');
  await hold(customerId, variantId, 2);
  await Promise.all([reserve([[variantId, 2]], customerId), reserve([[variantId, 2]], customerId)]);
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 4 });
});

test('a reservation that nobody used ends by itself', async () => {
  const variantId = await addVariant({ onHand: 2 });
  const customerId = newId('usr');
  await hold(customerId, variantId, 2);
  clock.advance(14 * MINUTE_MS);
  await worker.drain();
  expect(await readStockOf(db, variantId)).toMatchObject({ available: 0 });
  clock.advance(MINUTE_MS);
  await worker.drain();
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 0, available: 2 });
});

test('a customer who asks twenty times at once holds no more units than the limit', async () => {
  const variantId = await addVariant({ onHand: 1_000 });
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => hold('usr_hoarder', variantId, 30, 50)),
  );
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(refused).toHaveLength(17);
  expect(refused.every(({ code }) => code === 'too_many_reservations')).toBe(true);
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 90 });
  clock.advance(15 * MINUTE_MS);
  await worker.drain();
  await hold('usr_hoarder', variantId, 100);
  await expect(hold('usr_new_hoarder', variantId, 101)).rejects.toMatchObject({
    code: 'too_many_reservations',
  });
});

test('runs of one claim reserve once and answer the same, also after the reservation has ended', async () => {
  const variantId = await addVariant({ onHand: 10 });
  const runs = await Promise.all(
    Array.from({ length: 5 }, () => hold('usr_claimant', variantId, 2, 5, 'clm_the_same')),
  );
  expect(new Set(runs)).toEqual(new Set(['rsv_the_same']));
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 2 });
  clock.advance(15 * MINUTE_MS);
  await worker.drain();
  expect(await hold('usr_claimant', variantId, 2, 5, 'clm_the_same')).toBe('rsv_the_same');
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 0 });
});

test('a customer who asks twenty times at once holds no more reservations than the limit', async () => {
  const variantId = await addVariant({ onHand: 100 });
  const customerId = newId('usr');
  const asked = Array.from({ length: 20 }, () => hold(customerId, variantId, 1, 3));
  const held = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
  expect(held).toHaveLength(3);
  expect(await readStockOf(db, variantId)).toMatchObject({ reserved: 3 });
});
