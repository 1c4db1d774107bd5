import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  OUTBOUND_TIMEOUT_MS,
  openPaymentsBench,
  type PaymentsBench,
} from '../../../../test/harness/payments.ts';
import { readRefunds } from '../../../../test/harness/read-refunds.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import type { AppError } from '../../../kernel/errors.ts';
import { listOpen } from '../../alerts/index.ts';
import { requestCapture } from '../captures/request-capture.ts';
import type { Purpose } from '../purpose.ts';
import type { RefundOrigin } from './refund.ts';

describe('refunds', () => {
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
  const reserve = (
    purpose: Purpose,
    amount: number | 'all',
    origin: Exclude<RefundOrigin, 'provider'> = 'staff',
    key?: string,
  ) =>
    bench.db.tx('test.refund', (tx) =>
      bench.payments.reserveRefund(tx, {
        purpose,
        amount: amount === 'all' ? amount : { amount, currency: 'CNY' },
        reason: 'damaged',
        by: systemActor('test'),
        origin,
        key,
      }),
    );
  const sendsOf = (id: string) => bench.gateway.calls.filter((call) => call === `refund ${id}`).length;

  test('fifty at once never promise more than was captured', async () => {
    const { purpose } = await bench.buy(10_000);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => reserve(purpose, 700)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(14);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.every(({ reason }) => (reason as AppError).code === 'refund_exceeds_captured')).toBe(true);
    expect(await captureOf(purpose)).toMatchObject({ refund_reserved: 9_800 });
    expect(await bench.purchase(purpose)).toMatchObject({ refund_under_way: 9_800 });
    await bench.drain(HOUR_MS);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 9_800, refund_under_way: 0 });
  });

  test('the same key gives the same refund, and the rest is what is left', async () => {
    const { purpose } = await bench.buy();
    const [first, second] = await Promise.all([
      reserve(purpose, 3_000, 'staff', 'clm_1'),
      reserve(purpose, 3_000, 'staff', 'clm_1'),
    ]);
    expect(second).toEqual(first);
    await reserve(purpose, 'all');
    expect((await refundsOf(purpose)).map(({ amount }) => amount)).toEqual([3_000, 7_000]);
    expect(await reserve(purpose, 'all')).toEqual({ refundIds: [] });
  });

  test('two of one payment are sent at least a minute apart', async () => {
    const { purpose } = await bench.buy();
    await reserve(purpose, 100);
    await reserve(purpose, 200);
    const startedAt = bench.clock.now();
    await bench.drain();
    expect((await refundsOf(purpose)).map(({ status }) => status).sort()).toEqual(['reserved', 'succeeded']);
    await bench.drain(2 * MINUTE_MS);
    const sentAt = (await refundsOf(purpose)).map(({ sent_at }) => (sent_at ?? 0) - startedAt);
    expect(new Set(sentAt)).toEqual(new Set([0, MINUTE_MS]));
  });

  test('a lost answer is asked for before anything is sent again', async () => {
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    const [id] = refundIds as [string];
    bench.gateway.fail('refund', 'answer_lost');
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'unknown' }]);
    await bench.drain(5 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ id, status: 'succeeded' }]);
    expect(sendsOf(id)).toBe(1);
  });

  test('a lost request is sent again under the same number, once no call can be under way', async () => {
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    const [id] = refundIds as [string];
    bench.gateway.fail('refund', 'request_lost');
    const startedAt = bench.clock.now();
    await bench.drain(5 * MINUTE_MS);
    const [refund] = await refundsOf(purpose);
    expect(refund).toMatchObject({ id, status: 'succeeded' });
    expect(sendsOf(id)).toBe(2);
    expect((refund?.sent_at ?? 0) - startedAt).toBeGreaterThanOrEqual(OUTBOUND_TIMEOUT_MS + 5 * SECOND_MS);
    expect(bench.gateway.refunds.size).toBeGreaterThan(0);
  });

  test('a provider that is not reached leaves the refund reserved and due again', async () => {
    const { purpose } = await bench.buy();
    await reserve(purpose, 'all');
    bench.gateway.fail('refund', 'not_sent');
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'reserved', failure: 'connection_refused' }]);
    await bench.drain(5 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', failure: null }]);
  });

  test('a refusal for now raises an alert and sends the same number later', async () => {
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    const [id] = refundIds as [string];
    const reason = { code: 'NOT_ENOUGH', message: 'balance' };
    const refusal = { answer: { outcome: 'refused_for_now', reason } };
    bench.gateway.fail('refund', refusal, refusal);
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'reserved', failure: 'NOT_ENOUGH' }]);
    expect(await listOpen(bench.db, [id])).toMatchObject([{ kind: 'refund_refused', severity: 'warning' }]);
    await bench.drain(10 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ id, status: 'succeeded' }]);
    expect(await listOpen(bench.db, [id])).toEqual([]);
  });

  test('one that is accepted is asked for until it is done', async () => {
    bench.gateway.refundsAreInstant = false;
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    const [id] = refundIds as [string];
    await bench.drain(3 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'sent', provider_refund_id: `50${id}` }]);
    bench.gateway.refunds.get(id)!.state = 'succeeded';
    await bench.drain(2 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded' }]);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 10_000, refund_under_way: 0 });
  });

  test('an owed one that fails is begun anew under another number, with an alert', async () => {
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all', 'cancel');
    const [id] = refundIds as [string];
    const reason = { code: 'USER_ACCOUNT_ABNORMAL', message: 'gone' };
    bench.gateway.fail('refund', { answer: { outcome: 'failed', reason } });
    await bench.drain();
    expect(await listOpen(bench.db, [id])).toMatchObject([{ kind: 'refund_failed', severity: 'critical' }]);
    expect(await refundsOf(purpose)).toMatchObject([
      { status: 'failed' },
      { status: 'reserved', replaces: id },
    ]);
    expect(await captureOf(purpose)).toMatchObject({ refund_reserved: 10_000 });
    await bench.drain(2 * HOUR_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'failed' }, { status: 'succeeded' }]);
    expect(await listOpen(bench.db, [id])).toEqual([]);
  });

  test('one that staff asked for and that fails gives its amount back', async () => {
    const { purpose } = await bench.buy();
    await reserve(purpose, 'all');
    const reason = { code: 'USER_ACCOUNT_ABNORMAL', message: 'gone' };
    bench.gateway.fail('refund', { answer: { outcome: 'failed', reason } });
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'failed' }]);
    expect(await captureOf(purpose)).toMatchObject({ refund_reserved: 0 });
    expect(await bench.purchase(purpose)).toMatchObject({ refund_under_way: 0 });
  });

  test('one that needs a person at the provider raises an alert, and ends when the money is back', async () => {
    bench.gateway.refundsAreInstant = false;
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose, 'all');
    const [id] = refundIds as [string];
    await bench.drain();
    bench.gateway.refunds.get(id)!.state = 'abnormal';
    await bench.drain(2 * MINUTE_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'abnormal' }]);
    expect(await listOpen(bench.db, [id])).toMatchObject([{ kind: 'refund_abnormal' }]);
    bench.gateway.refunds.get(id)!.state = 'succeeded';
    await bench.drain(HOUR_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded' }]);
    expect(await listOpen(bench.db, [id])).toEqual([]);
  });

  /** Buys with money that is held, and captures it in two parts. */
  async function buyInParts(): Promise<Purpose> {
    bench.gateway.captureMode = 'manual';
    bench.gateway.captures = { holdMs: 7 * DAY_MS, isMultiple: true };
    const purpose = await bench.newPurchase({ amount: 10_000 });
    const { paymentId } = await bench.start(purpose, 'credit_card');
    bench.gateway.captureMode = 'automatic';
    const facts = bench.gateway.settle(paymentId, 'held');
    const subject = { type: 'payment', paymentId, result: { outcome: 'authorized', facts } } as const;
    await bench.notify({ eventId: `evt_${paymentId}`, subject });
    for (const amount of [6_000, 4_000]) {
      const order = { paymentId, amount, isFinal: false, by: systemActor('test') };
      await bench.db.tx('test.capture', (tx) => requestCapture(tx, bench.deps, order));
      await bench.drain();
      bench.clock.advance(1_000);
    }
    return purpose;
  }

  test('one promise over several captures is several refunds, and only the one that fails is begun anew', async () => {
    const purpose = await buyInParts();
    await reserve(purpose, 9_000, 'cancel');
    const amounts = (await refundsOf(purpose)).map(({ amount }) => amount);
    expect(amounts.sort((a, b) => a - b)).toEqual([3_000, 6_000]);
    const reason = { code: 'USER_ACCOUNT_ABNORMAL', message: 'gone' };
    bench.gateway.fail('refund', { answer: { outcome: 'failed', reason } });
    await bench.drain(3 * HOUR_MS);
    const refunds = await refundsOf(purpose);
    expect(refunds).toHaveLength(3);
    const [failed] = refunds.filter(({ status }) => status === 'failed');
    const [anew] = refunds.filter(({ replaces }) => replaces !== null);
    expect(anew).toMatchObject({ ...{ replaces: failed?.id, amount: failed?.amount }, status: 'succeeded' });
    expect(anew?.capture_id).toBe(failed?.capture_id);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 9_000, refund_under_way: 0 });
  });

  test('the limits of the provider are told before anything is reserved', async () => {
    const { purpose } = await bench.buy();
    for (let n = 0; n < 50; n += 1) {
      await reserve(purpose, 10);
    }
    await expect(reserve(purpose, 10)).rejects.toMatchObject({ code: 'refund_limit_reached' });
    const { purpose: old } = await bench.buy();
    bench.clock.advance(366 * DAY_MS);
    await expect(reserve(old, 10)).rejects.toMatchObject({ code: 'refund_too_late' });
  });
});
