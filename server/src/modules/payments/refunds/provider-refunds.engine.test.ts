import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MERCHANT } from '../../../../test/harness/fake-gateway.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { readRefunds } from '../../../../test/harness/read-refunds.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import { listOpen } from '../../alerts/index.ts';
import type { Purpose } from '../purpose.ts';

describe('what a provider tells of refunds', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  beforeEach(() => {
    bench.gateway.refundsAreInstant = true;
    bench.gateway.calls.length = 0;
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  const refundsOf = (purpose: Purpose) => readRefunds(bench.db, purpose);
  const captureOf = ({ id }: Purpose) =>
    bench.db.query.selectFrom('captures').selectAll().where('purpose_id', '=', id).executeTakeFirstOrThrow();
  const reserve = (purpose: Purpose, amount: number | 'all') =>
    bench.db.tx('test.refund', (tx) =>
      bench.payments.reserveRefund(tx, {
        purpose,
        amount: amount === 'all' ? amount : { amount, currency: 'CNY' },
        reason: 'damaged',
        by: systemActor('test'),
        origin: 'staff',
      }),
    );

  test('its notification settles it once, and a mismatch in it is quarantined', async () => {
    bench.gateway.refundsAreInstant = false;
    const { purpose, paymentId } = await bench.buy();
    const { refundIds } = await reserve(purpose, 4_000);
    const [refundId] = refundIds as [string];
    await bench.drain();
    const factsOf = (amount: number) => ({
      amount: { amount, currency: 'CNY' },
      paymentId,
      merchantAccount: MERCHANT,
      providerRefundId: `50${refundId}`,
      finishedAt: bench.clock.now(),
    });
    const notify = (eventId: string, amount: number) =>
      bench.notify({
        eventId,
        subject: {
          type: 'refund',
          refundId,
          paymentId,
          result: { outcome: 'succeeded', facts: factsOf(amount) },
        },
      });
    expect(await notify(`evt_wrong_${refundId}`, 4_001)).toBe(200);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'sent' }]);
    await Promise.all(Array.from({ length: 10 }, (_, n) => notify(`evt_${n % 3}_${refundId}`, 4_000)));
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded' }]);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 4_000 });
    bench.gateway.refunds.get(refundId)!.state = 'succeeded';
    expect((await bench.drain(HOUR_MS)).failures).toEqual([]);
  });

  test('one that its provider reverses is undone in the ledger, once the provider confirms it', async () => {
    const { purpose, paymentId } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    const [refundId] = refundIds as [string];
    await bench.drain();
    const result = { outcome: 'failed', reason: { code: 'CLOSED', message: 'reversed' } } as const;
    const subject = { type: 'refund', refundId, paymentId, result } as const;
    expect(await bench.notify({ eventId: `evt_old_${refundId}`, subject })).toBe(200);
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded' }]);
    bench.gateway.refunds.get(refundId)!.state = 'failed';
    expect(await bench.notify({ eventId: `evt_new_${refundId}`, subject })).toBe(200);
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'failed' }]);
    expect(await captureOf(purpose)).toMatchObject({ refund_reserved: 0 });
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 0 });
    expect(await listOpen(bench.db, [refundId])).toMatchObject([{ kind: 'refund_failed' }]);
  });

  test('money that the provider returned without us lowers what is left and alarms, once', async () => {
    const { purpose, paymentId } = await bench.buy();
    const facts = {
      amount: { amount: 9_000, currency: 'CNY' },
      paymentId,
      merchantAccount: MERCHANT,
      providerRefundId: `50console_${paymentId}`,
      finishedAt: bench.clock.now(),
    };
    const notify = (eventId: string) =>
      bench.notify({
        eventId,
        subject: {
          type: 'refund',
          refundId: 'console-1',
          paymentId,
          result: { outcome: 'succeeded', facts },
        },
      });
    expect(await Promise.all([1, 2, 3].map((n) => notify(`evt_console_${n}_${paymentId}`)))).toEqual([
      200, 200, 200,
    ]);
    expect(await captureOf(purpose)).toMatchObject({ external_refunded: 9_000, refund_reserved: 0 });
    const [refund] = await refundsOf(purpose);
    expect(refund).toMatchObject({ origin: 'provider', status: 'succeeded' });
    expect(await listOpen(bench.db, [refund!.id])).toMatchObject([{ kind: 'refund_by_provider' }]);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 9_000 });
    await expect(reserve(purpose, 1_001)).rejects.toMatchObject({ code: 'refund_exceeds_captured' });
    await reserve(purpose, 'all');
    await bench.drain();
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 10_000 });
  });

  test('a hint lets open refunds be asked for, at most once a minute', async () => {
    bench.gateway.refundsAreInstant = false;
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    await bench.drain();
    await bench.drain(3 * MINUTE_MS + 30 * SECOND_MS);
    bench.gateway.calls.length = 0;
    const hint = () => bench.notify({ eventId: 'x', subject: { type: 'other' }, hint: {} });
    bench.clock.advance(MINUTE_MS);
    for (let round = 0; round < 3; round += 1) {
      expect(await hint()).toBe(200);
      await bench.drain();
    }
    expect(bench.gateway.calls.filter((call) => call === `queryRefund ${refundIds[0]}`)).toHaveLength(1);
  });

  test('late money that somebody returned at the provider is not returned a second time', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    await bench.close(purpose);
    bench.gateway.pay(paymentId);
    await bench.notifyPaid(paymentId);
    const facts = {
      amount: { amount: 10_000, currency: 'CNY' },
      paymentId,
      merchantAccount: MERCHANT,
      providerRefundId: `50hand_${paymentId}`,
      finishedAt: bench.clock.now(),
    };
    const result = { outcome: 'succeeded', facts } as const;
    const subject = { type: 'refund', refundId: 'by-hand', paymentId, result } as const;
    expect(await bench.notify({ eventId: `evt_hand_${paymentId}`, subject })).toBe(200);
    await bench.drain(HOUR_MS);
    expect((await refundsOf(purpose)).map(({ origin, status }) => `${origin} ${status}`)).toEqual([
      'late cancelled',
      'provider succeeded',
    ]);
    expect(bench.gateway.calls.filter((call) => call.startsWith('refund '))).toEqual([]);
  });
});
