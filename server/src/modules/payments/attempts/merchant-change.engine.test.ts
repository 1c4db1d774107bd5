import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MERCHANT } from '../../../../test/harness/fake-gateway.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';

// The shop moves to another merchant account while money of the old one is under way. The new account knows none of the
// old one's numbers, and its `not_found` proves nothing.

let bench: PaymentsBench;

beforeAll(async () => {
  bench = await openPaymentsBench();
});

afterEach(async () => {
  useMerchant(MERCHANT);
  expect(await bench.violations()).toEqual([]);
});

afterAll(() => bench.closeBench());

function useMerchant(merchantAccount: string): void {
  Object.assign(bench.gateway, { merchantAccount });
}

const isCallOf = (id: string) => (call: string) => call.endsWith(` ${id}`);

test('an attempt at the old account is not taken for closed, and is closed once the account is back', async () => {
  const purpose = await bench.newPurchase();
  const { paymentId } = await bench.start(purpose);
  bench.clock.advance(MINUTE_MS);
  useMerchant('1900000099');
  bench.gateway.calls.length = 0;
  await expect(bench.start(purpose)).rejects.toMatchObject({ code: 'provider_unavailable' });
  await expect(bench.close(purpose)).rejects.toMatchObject({ code: 'provider_unavailable' });
  await bench.payments.refreshOpenAttempt(purpose, 2_000);
  await bench.drain();
  expect(await bench.statusOf(paymentId)).toBe('pending');
  expect(bench.gateway.calls.filter(isCallOf(paymentId))).toEqual([]);
  useMerchant(MERCHANT);
  expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true });
});

test('a refund of the old account is neither sent to the new one nor given up', async () => {
  const { purpose } = await bench.buy();
  const { refundIds } = await bench.db.tx('test.refund', (tx) =>
    bench.payments.reserveRefund(tx, {
      purpose,
      amount: 'all',
      reason: null,
      by: systemActor('test'),
      origin: 'cancel',
    }),
  );
  const [refundId] = refundIds as [string];
  useMerchant('1900000099');
  await bench.drain();
  expect(bench.gateway.calls.filter(isCallOf(refundId))).toEqual([]);
  useMerchant(MERCHANT);
  await bench.drain(HOUR_MS);
  expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 10_000 });
});

test('a notification of another account changes nothing, and lets its payment be asked for', async () => {
  const purpose = await bench.newPurchase();
  const { paymentId } = await bench.start(purpose);
  const facts = bench.gateway.pay(paymentId);
  const subject = { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } } as const;
  const eventId = `evt_other_${paymentId}`;
  expect(await bench.notify({ eventId, subject, merchantAccount: '1900000099' })).toBe(200);
  expect(await bench.statusOf(paymentId)).toBe('pending');
  await bench.drain();
  expect(await bench.statusOf(paymentId)).toBe('succeeded');
});

test('what the new account says of a refund of money at the old one is put aside', async () => {
  const { paymentId } = await bench.buy();
  const facts = {
    ...{ amount: { amount: 10_000, currency: 'CNY' }, paymentId, merchantAccount: '1900000099' },
    ...{ providerRefundId: `foreign ${paymentId}`, finishedAt: null },
  };
  useMerchant('1900000099');
  const subject = {
    type: 'refund',
    refundId: 'rf-foreign',
    paymentId,
    result: { outcome: 'succeeded', facts },
  };
  const eventId = `evt_foreign_${paymentId}`;
  await bench.notify({ eventId, subject: subject as never, merchantAccount: '1900000099' });
  const read = (table: 'refunds' | 'captures') =>
    bench.db.query
      .selectFrom(table as 'refunds')
      .selectAll()
      .where('payment_id', '=', paymentId)
      .execute();
  expect(await read('refunds')).toEqual([]);
  expect(await read('captures')).toMatchObject([{ external_refunded: 0 }]);
  const event = await bench.db.query
    .selectFrom('provider_events')
    .selectAll()
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  expect(event).toMatchObject({ state: 'quarantined' });
});
