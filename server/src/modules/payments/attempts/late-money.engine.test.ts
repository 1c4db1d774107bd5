import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../../test/harness/api.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { readRefunds } from '../../../../test/harness/read-refunds.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import { listOpen } from '../../alerts/index.ts';
import { readBalances } from '../../ledger/index.ts';
import type { Purpose } from '../purpose.ts';

describe('money that comes late, twice or wrong', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  const staff = tokenOf({
    userId: 'usr_staff',
    kind: 'staff',
    permissions: ['payments.write', 'payments.read'],
  });
  const refundsOf = (purpose: Purpose) => readRefunds(bench.db, purpose);
  const surplusHeld = async () =>
    (await readBalances(bench.db)).find(({ account }) => account === 'customer_surplus:CNY')?.amount ?? 0;

  test('after closing goes back once, however often we are told', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.clock.advance(MINUTE_MS);
    expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true, hasMoney: false });
    bench.gateway.pay(paymentId);
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench.notifyPaid(paymentId)));
    expect(answers).toEqual(Array(10).fill(200));
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'reserved', is_surplus: 1, origin: 'late' }]);
    expect(await surplusHeld()).toBe(-10_000);
    expect(await bench.payments.readPayments(bench.db, purpose)).toMatchObject([
      { id: paymentId, status: 'succeeded', isSurplus: true },
    ]);
    expect(await bench.payments.closeOpenAttempts(purpose)).toMatchObject({ hasMoney: false });
    expect(await listOpen(bench.db, [paymentId])).toMatchObject([{ kind: 'surplus_payment' }]);
    await bench.drain();
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', amount: 10_000 }]);
    expect(bench.gateway.calls.filter((call) => call.startsWith('refund '))).toHaveLength(1);
    expect(await surplusHeld()).toBe(0);
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'closed', fulfilments: 0, refund_done: 0 });
  });

  test('is found by the sweep of closed attempts when no notification arrives', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    await bench.close(purpose);
    await bench.drain(HOUR_MS);
    bench.gateway.pay(paymentId);
    await bench.drain(13 * HOUR_MS);
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', is_surplus: 1 }]);
  });

  test('is no longer looked for once the provider can report none', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    await bench.close(purpose);
    await bench.drain(70 * HOUR_MS);
    const jobs = await bench.db.query
      .selectFrom('jobs')
      .selectAll()
      .where('unique_key', '=', `payment.poll:${paymentId}`)
      .execute();
    expect(jobs).toEqual([]);
  });

  test('a closed attempt that the provider still holds open is closed there again', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    await bench.close(purpose);
    bench.gateway.trades.get(paymentId)!.state = 'open';
    await bench.drain(HOUR_MS);
    expect(bench.gateway.trades.get(paymentId)?.state).toBe('closed');
  });

  test('paid while it is being closed confirms the purchase', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.fail('close', { before: async () => void bench.gateway.pay(paymentId) });
    expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true, hasMoney: true });
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    expect(await refundsOf(purpose)).toEqual([]);
  });

  test('on a superseded attempt pays the purchase, and the current attempt is closed', async () => {
    const purpose = await bench.newPurchase();
    const old = await bench.start(purpose);
    const current = await bench.start(purpose, 'wechat_native');
    bench.gateway.pay(old.paymentId);
    expect(await bench.notifyPaid(old.paymentId)).toBe(200);
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    await bench.drain();
    expect(await bench.statusOf(current.paymentId)).toBe('closed');
    expect(bench.gateway.trades.get(current.paymentId)?.state).toBe('closed');
  });

  test('on both attempts at once is kept once and returned once', async () => {
    const purpose = await bench.newPurchase();
    const old = await bench.start(purpose);
    const current = await bench.start(purpose, 'wechat_native');
    bench.gateway.pay(old.paymentId);
    bench.gateway.pay(current.paymentId);
    await Promise.all([bench.notifyPaid(old.paymentId), bench.notifyPaid(current.paymentId)]);
    await bench.drain();
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
    expect(await refundsOf(purpose)).toMatchObject([{ status: 'succeeded', is_surplus: 1, amount: 10_000 }]);
  });

  test.each([
    ['amount', { amount: { amount: 12_000, currency: 'CNY' } }],
    ['currency', { amount: { amount: 10_000, currency: 'USD' } }],
    ['merchant', { merchantAccount: '1900000099' }],
    ['app', { appId: 'wx_other' }],
  ])(
    'a wrong %s in our own query holds the attempt and its close until a person decides',
    async (field, wrong) => {
      const purpose = await bench.newPurchase();
      const { paymentId } = await bench.start(purpose);
      bench.gateway.pay(paymentId, wrong);
      await bench.drain(10 * SECOND_MS);
      expect(await bench.statusOf(paymentId)).toBe('unknown');
      expect(await listOpen(bench.db, [paymentId])).toMatchObject([
        {
          kind: 'payment_mismatch',
          severity: 'critical',
          details: expect.stringContaining(`"field":"${field}"`),
        },
      ]);
      bench.clock.advance(MINUTE_MS);
      expect(await bench.close(purpose)).toMatchObject({ isAllClosed: false, hasMoney: false });
      expect(await bench.purchase(purpose)).toMatchObject({ status: 'pending', fulfilments: 0 });
      const decided = await bench.api.call(`POST /admin/payments/${paymentId}/resolve-mismatch`, {
        token: staff,
        body: { decision: 'refund' },
      });
      const isOurs = field !== 'merchant';
      expect(decided.status).toBe(isOurs ? 200 : 409);
      await bench.drain();
      const expected = isOurs ? [{ status: 'succeeded', origin: 'mismatch', is_surplus: 1 }] : [];
      expect(await refundsOf(purpose)).toMatchObject(expected);
    },
  );

  test.each([
    ['of nothing', { amount: { amount: 0, currency: 'CNY' } }],
    ['at another merchant’s account', { merchantAccount: '1900000099' }],
  ])('money %s can only be dismissed, with a note, and moves nothing again', async (_name, wrong) => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.pay(paymentId, wrong);
    await bench.drain(10 * SECOND_MS);
    const decide = (body: object) =>
      bench.api.call(`POST /admin/payments/${paymentId}/resolve-mismatch`, { token: staff, body });
    for (const decision of ['accept', 'refund']) {
      expect(await decide({ decision })).toMatchObject({
        status: 409,
        body: { error: 'mismatch_not_acceptable' },
      });
    }
    expect(await decide({ decision: 'dismiss' })).toMatchObject({ status: 400 });
    expect(await decide({ decision: 'dismiss', note: 'paid to a sister company' })).toMatchObject({
      status: 200,
      body: { data: { status: 'closed', mismatch: null } },
    });
    await bench.drain(MINUTE_MS * 60 * 60);
    expect(await bench.statusOf(paymentId)).toBe('closed');
    expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true });
    expect(await listOpen(bench.db, [paymentId])).toEqual([]);
  });

  test('too much money that a person accepts pays the purchase, and the rest goes back', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.pay(paymentId, { amount: { amount: 12_000, currency: 'CNY' } });
    await bench.drain(10 * SECOND_MS);
    const decide = () =>
      bench.api.call(`POST /admin/payments/${paymentId}/resolve-mismatch`, {
        token: staff,
        body: { decision: 'accept' },
      });
    const [first, second] = await Promise.all([decide(), decide()]);
    expect(new Set([first.status, second.status])).toEqual(new Set([200, 409]));
    await bench.drain();
    expect(await bench.purchase(purpose)).toMatchObject({
      status: 'confirmed',
      fulfilments: 1,
      refund_done: 0,
    });
    expect(await refundsOf(purpose)).toMatchObject([{ amount: 2_000, is_surplus: 1, status: 'succeeded' }]);
    expect(await listOpen(bench.db, [paymentId])).toMatchObject([{ kind: 'surplus_payment' }]);
    const audit = await bench.db.query
      .selectFrom('audit_entries')
      .selectAll()
      .where('target_id', '=', paymentId)
      .execute();
    expect(audit).toMatchObject([{ action: 'payment.resolve_mismatch', actor_id: 'usr_staff' }]);
  });
});
