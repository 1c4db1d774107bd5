import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShop, type Shop } from '../../../test/harness/shop.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { createWorker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop.close());

test('from where an order was placed is erased after its days, and the order is kept', async () => {
  const { db, clock, orders } = shop;
  const { id } = await shop.newOrder();
  const origin = { ip_address: '203.0.113.7', user_agent: 'a phone', referrer: 'https://elsewhere.example' };
  await db.tx('test.origin', (tx) =>
    tx.query.updateTable('orders').set(origin).where('id', '=', id).execute(),
  );
  const young = await shop.newOrder();
  const before = await shop.read(id);
  expect(before).toMatchObject(origin);
  const worker = createWorker({
    ...{ db, clock, log: silentLogger },
    ...{ handlers: orders.jobs.filter(({ definition }) => definition.name === 'order.erase') },
    crons: orders.crons,
  });
  await worker.start();
  await worker.stop();
  clock.advance(179 * DAY_MS);
  await worker.drain();
  expect(await shop.read(id)).toEqual(before);
  await db.tx('test.young', (tx) =>
    tx.query
      .updateTable('orders')
      .set({ ...origin, placed_at: tx.now })
      .where('id', '=', young.id)
      .execute(),
  );
  clock.advance(2 * DAY_MS);
  await worker.drain({ clock, until: clock.now() + DAY_MS });
  const erased = { ip_address: null, user_agent: null, referrer: null };
  expect(await shop.read(id)).toEqual({ ...before, ...erased });
  expect(await shop.read(young.id)).toMatchObject(origin);
});
