import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShop, type Shop } from '../../../test/harness/shop.ts';
import { providerActor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { listOpen } from '../alerts/index.ts';
import type { PaymentNotice } from '../payments/index.ts';
import type { OrderRow } from './index.ts';

// These rails authorise first and capture later; no provider here does, so the seam is called as payments would.
const by = providerActor('fake_pay');

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop.close());

type Hook = 'onAuthorised' | 'onSucceeded' | 'onVoided';

function tell(hook: Hook, order: OrderRow, paymentId: string): Promise<unknown> {
  const { purposeOwner } = shop.orders;
  return shop.db.tx('test.tell', (tx: Tx): Promise<unknown> => {
    const notice: PaymentNotice = {
      paymentId,
      purpose: { type: 'order', id: order.id },
      provider: 'fake_pay',
      method: 'credit_card',
      amount: { amount: order.total, currency: order.currency },
      at: tx.now,
      by,
    };
    return purposeOwner[hook](tx, notice);
  });
}

async function jobsOf(order: OrderRow) {
  return shop.db.query
    .selectFrom('jobs')
    .select('name')
    .where('unique_key', '=', `order.close:${order.id}`)
    .execute();
}

test('an authorisation confirms the order, and its capture pays it', async () => {
  const order = await shop.newOrder();
  expect(await tell('onAuthorised', order, 'pay_1')).toBe('honoured');
  expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed', payment_status: 'authorized' });
  expect(await jobsOf(order)).toEqual([]);
  expect(await tell('onSucceeded', order, 'pay_2')).toBe('surplus');
  expect(await tell('onSucceeded', order, 'pay_1')).toBe('honoured');
  expect(await tell('onSucceeded', order, 'pay_1')).toBe('honoured');
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'paid', payment_id: 'pay_1' });
});

test('an authorisation that is let go cancels the order and gives its stock back', async () => {
  const order = await shop.newOrder();
  await tell('onAuthorised', order, 'pay_1');
  await tell('onVoided', order, 'pay_other');
  expect(await shop.read(order.id)).toMatchObject({ status: 'confirmed' });
  await tell('onVoided', order, 'pay_1');
  expect(await shop.read(order.id)).toMatchObject({
    ...{ status: 'cancelled', payment_status: 'unpaid', fulfilment_status: 'cancelled' },
  });
  expect(await shop.stockOf(order)).toMatchObject({ reserved: 0 });
  expect(await tell('onAuthorised', order, 'pay_2')).toBe('surplus');
});

test('goods that went out before their authorisation was let go raise an alert', async () => {
  const order = await shop.newOrder();
  await tell('onAuthorised', order, 'pay_1');
  for (const to of ['processing', 'shipped'] as const) {
    await shop.orders.advanceOrder({ orderId: order.id, to, by });
  }
  await tell('onVoided', order, 'pay_1');
  expect(await shop.read(order.id)).toMatchObject({ status: 'shipped', payment_status: 'unpaid' });
  expect(await listOpen(shop.db, [order.id])).toMatchObject([
    { kind: 'shipped_unpaid', severity: 'critical' },
  ]);
});

test('money for an order that does not exist is surplus', async () => {
  const order = await shop.newOrder();
  expect(await tell('onSucceeded', { ...order, id: 'ord_nothing' }, 'pay_1')).toBe('surplus');
});
