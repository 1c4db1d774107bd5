import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MERCHANT } from '../../../test/harness/fake-gateway.ts';
import { CLERK, openShop, type Shop } from '../../../test/harness/shop.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import type { OrderRow } from './index.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterEach(async () => {
  expect(await shop.violations()).toEqual([]);
});

afterAll(() => shop.close());

const FAILED = { outcome: 'failed', reason: { code: 'CLOSED', message: 'closed' } } as const;

const cancel = ({ id: orderId }: OrderRow) =>
  shop.orders.cancelOrder({ orderId, by: CLERK, reason: '不要了', customerId: null });

function refundByStaff({ id, currency }: OrderRow, amount: number) {
  return shop.db.tx('test.refund', (tx) =>
    shop.payments.reserveRefund(tx, {
      purpose: { type: 'order', id },
      amount: { amount, currency },
      reason: 'damaged',
      by: CLERK,
      origin: 'staff',
    }),
  );
}

const refundsOf = ({ id }: OrderRow) =>
  shop.db.query
    .selectFrom('refunds')
    .select(['status', 'amount', 'origin'])
    .where('purpose_id', '=', id)
    .orderBy('id')
    .execute();

/** The provider tells of money that was returned in its own console. */
async function returnInConsole(order: OrderRow, amount: number): Promise<void> {
  const paymentId = order.payment_id as string;
  const facts = {
    amount: { amount, currency: order.currency },
    paymentId,
    merchantAccount: MERCHANT,
    providerRefundId: `50console_${paymentId}`,
    finishedAt: shop.clock.now(),
  };
  const result = { outcome: 'succeeded', facts } as const;
  const answer = await shop.api.call('POST /payments/notify/fake_pay', {
    body: {
      eventId: `evt_console_${paymentId}`,
      subject: { type: 'refund', refundId: 'console-1', paymentId, result },
    },
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
}

test.each([[1_999], [500]])(
  'a refund of %i by staff that fails once the order is cancelled is begun anew',
  async (amount) => {
    const order = await shop.newPaidOrder();
    await refundByStaff(order, amount);
    expect(await cancel(order)).toBe('cancelled');
    shop.gateway.fail('refund', { answer: FAILED });
    await shop.drain(DAY_MS);
    expect(await shop.read(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
    const done = (await refundsOf(order)).filter(({ status }) => status === 'succeeded');
    expect(done.reduce((sum, refund) => sum + refund.amount, 0)).toBe(1_999);
  },
);

test('what the provider has returned of a cancelled order by itself is taken off its refund, and the rest goes back', async () => {
  const order = await shop.newPaidOrder();
  expect(await cancel(order)).toBe('cancelled');
  await returnInConsole(order, 600);
  await shop.drain(DAY_MS);
  expect(await refundsOf(order)).toMatchObject([
    { status: 'cancelled', amount: 1_999, origin: 'cancel' },
    { status: 'succeeded', amount: 600, origin: 'provider' },
    { status: 'succeeded', amount: 1_399, origin: 'cancel' },
  ]);
  expect(await shop.read(order.id)).toMatchObject({ payment_status: 'refunded' });
});

test('a refund of a cancelled order that fails after the provider returned a part is begun anew with the rest', async () => {
  const order = await shop.newPaidOrder();
  expect(await cancel(order)).toBe('cancelled');
  shop.gateway.fail('refund', {
    before: () => returnInConsole(order, 600),
  });
  shop.gateway.refundsAreInstant = false;
  await shop.drain();
  shop.gateway.refundsAreInstant = true;
  for (const refund of shop.gateway.refunds.values()) {
    if (refund.request.payment.id === order.payment_id) {
      refund.state = 'failed';
    }
  }
  await shop.drain(DAY_MS);
  expect((await refundsOf(order)).filter(({ status }) => status === 'succeeded')).toMatchObject([
    { amount: 600, origin: 'provider' },
    { amount: 1_399, origin: 'cancel' },
  ]);
});
