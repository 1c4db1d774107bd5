import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import { AppError } from '../../../kernel/errors.ts';
import { liveKeyOf } from '../payment.ts';
import type { ReviewFacts } from '../reviews/review.ts';

const CLERK = { type: 'staff', id: 'usr_clerk' } as const;

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('another way to pay', () => {
  let bench: PaymentsBench;
  const reviewed: ReviewFacts[] = [];
  let verdict: 'pass' | 'review' = 'pass';
  beforeAll(async () => {
    bench = await openPaymentsBench({
      review: async (_tx, facts) => {
        reviewed.push(facts);
        return { verdict };
      },
    });
  });
  beforeEach(() => {
    verdict = 'pass';
    bench.gateway.notClosable.clear();
    bench.gateway.calls.length = 0;
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  const rowOf = (id: string) =>
    bench.db.query.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  const callsOf = (id: string) => bench.gateway.calls.filter((call) => call.endsWith(id));

  test('is begun only after the open attempt was closed at its provider', async () => {
    const purpose = await bench.newPurchase();
    const first = await bench.start(purpose, 'wechat_native');
    const second = await bench.start(purpose, 'alipay_page');
    expect(await bench.statusOf(first.paymentId)).toBe('closed');
    expect(callsOf(first.paymentId).map((call) => call.split(' ')[0])).toEqual([
      ...['create', 'query', 'close', 'query'],
    ]);
    expect(await rowOf(second.paymentId)).toMatchObject({ status: 'pending', live_key: liveKeyOf(purpose) });
  });

  test('is not begun while the provider of the open one does not answer', async () => {
    const purpose = await bench.newPurchase();
    const first = await bench.start(purpose, 'wechat_native');
    bench.gateway.fail('close', 'request_lost');
    expect(await codeOf(bench.start(purpose, 'alipay_page'))).toBe('provider_unavailable');
    expect(await rowOf(first.paymentId)).toMatchObject({ status: 'pending', live_key: liveKeyOf(purpose) });
  });

  test('is begun beside one that can not be closed, which is watched', async () => {
    bench.gateway.notClosable.add('alipay_page');
    const purpose = await bench.newPurchase();
    const page = await bench.start(purpose, 'alipay_page');
    const native = await bench.start(purpose, 'wechat_native');
    expect(await rowOf(page.paymentId)).toMatchObject({ status: 'pending', live_key: null });
    expect(native.paymentId).not.toBe(page.paymentId);
    // Its page is paid after all: the order is paid by it, and the current attempt can take nothing any more.
    bench.gateway.pay(page.paymentId);
    await bench.drain(HOUR_MS);
    expect(await bench.statusOf(page.paymentId)).toBe('succeeded');
    expect(await bench.statusOf(native.paymentId)).toBe('closed');
    expect(bench.gateway.trades.get(native.paymentId)?.state).toBe('closed');
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1, status: 'confirmed' });
  });

  test('and the one that could not be closed, both paid, are kept once and returned once', async () => {
    bench.gateway.notClosable.add('alipay_page');
    const purpose = await bench.newPurchase();
    const page = await bench.start(purpose, 'alipay_page');
    const native = await bench.start(purpose, 'wechat_native');
    bench.gateway.pay(native.paymentId);
    await bench.notifyPaid(native.paymentId);
    bench.gateway.pay(page.paymentId);
    await bench.drain(HOUR_MS);
    expect(await rowOf(native.paymentId)).toMatchObject({ status: 'succeeded', is_surplus: 0 });
    expect(await rowOf(page.paymentId)).toMatchObject({ status: 'succeeded', is_surplus: 1 });
    const refunds = bench.db.query.selectFrom('refunds').selectAll().where('purpose_id', '=', purpose.id);
    expect(await refunds.execute()).toMatchObject([
      { payment_id: page.paymentId, status: 'succeeded', amount: 10_000, is_surplus: 1 },
    ]);
  });

  test('that could not be closed dies by itself, and then closes here', async () => {
    bench.gateway.notClosable.add('alipay_page');
    const purpose = await bench.newPurchase();
    const page = await bench.start(purpose, 'alipay_page');
    await bench.start(purpose, 'wechat_native');
    Object.assign(bench.gateway.trades.get(page.paymentId) ?? {}, { state: 'closed' });
    await bench.drain(HOUR_MS);
    expect(await bench.statusOf(page.paymentId)).toBe('closed');
  });

  test('is not begun where the open one turns out to be paid', async () => {
    const purpose = await bench.newPurchase();
    const first = await bench.start(purpose, 'wechat_native');
    bench.gateway.pay(first.paymentId);
    expect(await codeOf(bench.start(purpose, 'alipay_page'))).toBe('test_purchase_closed');
    expect(await bench.statusOf(first.paymentId)).toBe('succeeded');
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
  });

  test('waits while the provider still works on the open one, and for no longer than the setting says', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose, 'credit_card');
    bench.gateway.settle(paymentId, 'processing');
    expect(await codeOf(bench.start(purpose, 'wechat_native'))).toBe('payment_processing');
    const row = await rowOf(paymentId);
    expect(row).toMatchObject({ status: 'pending', reason: 'processing' });
    expect(await bench.payments.heldUntil(bench.db, purpose)).toBe(bench.clock.now() + 7 * DAY_MS);
    bench.gateway.pay(paymentId);
    await bench.notifyPaid(paymentId);
    expect(await rowOf(paymentId)).toMatchObject({ status: 'succeeded', held_until: null });
    expect(await bench.payments.heldUntil(bench.db, purpose)).toBeNull();
  });

  test('is offered only for the amounts that it takes', async () => {
    const purpose = await bench.newPurchase({ amount: 1 });
    expect(await codeOf(bench.start(purpose, 'alipay_page'))).toBe('payment_method_unavailable');
    expect(await codeOf(bench.start(purpose, 'wechat_native'))).toBe('nothing was thrown');
  });

  test('brings the payer back to our own pages and allowed origins only', async () => {
    const start = async (returnUrl: string) => {
      const purpose = await bench.newPurchase();
      const context = { customerId: 'usr_buyer', ip: null, returnUrl };
      const order = { purpose, method: 'wechat_native', context, claimId: null } as const;
      return rowOf((await bench.payments.startPayment(order)).paymentId);
    };
    expect(await start('/done?x=1')).toMatchObject({ return_url: 'https://shop.example.com/done?x=1' });
    expect(await start('https://h5.example.com/a')).toMatchObject({ return_url: 'https://h5.example.com/a' });
    for (const url of [
      'https://evil.example',
      '//evil.example/a',
      '/\\evil.example',
      'javascript:alert(1)',
      'https://shop.example.com@evil.example/',
      'https://a:b@shop.example.com/',
    ]) {
      expect(await codeOf(start(url))).toBe('return_url_not_allowed');
    }
  });

  describe('that a person must look at', () => {
    async function startReviewed(method: 'wechat_native' | 'cash_on_delivery' = 'wechat_native') {
      verdict = 'review';
      const purpose = await bench.newPurchase();
      const started = await bench.start(purpose, method);
      verdict = 'pass';
      return { purpose, ...started };
    }

    const decide = (decision: 'approveReview' | 'rejectReview', paymentId: string) =>
      bench.db.tx('test.decide', (tx) => bench.payments[decision](tx, { paymentId, by: CLERK }));

    test('is not shown to its provider, whoever asks', async () => {
      const { purpose, paymentId, status, parameters } = await startReviewed();
      expect({ status, parameters }).toEqual({ status: 'requires_review', parameters: {} });
      expect(await bench.start(purpose, 'wechat_native')).toMatchObject({ paymentId, status });
      await bench.drain(HOUR_MS);
      expect(callsOf(paymentId)).toEqual([]);
      expect(await bench.payments.heldUntil(bench.db, purpose)).toBeGreaterThan(bench.clock.now());
      await decide('rejectReview', paymentId);
    });

    test('goes on with the payer’s next request once it is approved, with all their time', async () => {
      const { purpose, paymentId } = await startReviewed();
      bench.clock.advance(HOUR_MS);
      await decide('approveReview', paymentId);
      expect(await rowOf(paymentId)).toMatchObject({
        status: 'created',
        expires_at: bench.clock.now() + 15 * MINUTE_MS,
      });
      expect(await bench.start(purpose, 'wechat_native')).toMatchObject({ paymentId, status: 'pending' });
      expect(await codeOf(decide('approveReview', paymentId))).toBe('not_under_review');
    });

    test('and is paid on delivery goes on by itself once it is approved', async () => {
      const { purpose, paymentId } = await startReviewed('cash_on_delivery');
      expect(await bench.purchase(purpose)).toMatchObject({ promised: 0 });
      await decide('approveReview', paymentId);
      await bench.drain(MINUTE_MS);
      expect(await bench.statusOf(paymentId)).toBe('pending');
      expect(await bench.purchase(purpose)).toMatchObject({ promised: 1 });
    });

    test('ends when it is rejected, and the purpose can be paid in another way', async () => {
      const { purpose, paymentId } = await startReviewed();
      await decide('rejectReview', paymentId);
      expect(await rowOf(paymentId)).toMatchObject({ status: 'closed', reason: 'review_rejected' });
      expect(callsOf(paymentId)).toEqual([]);
      expect(await bench.start(purpose, 'wechat_native')).toMatchObject({ status: 'pending' });
    });

    test('is looked at again with another method', async () => {
      const { purpose, paymentId } = await startReviewed();
      verdict = 'review';
      const other = await bench.start(purpose, 'alipay_page');
      expect(other).toMatchObject({ status: 'requires_review' });
      expect(await bench.statusOf(paymentId)).toBe('closed');
      expect(reviewed.at(-1)).toMatchObject({ paymentId: other.paymentId, method: 'alipay_page' });
      await decide('rejectReview', other.paymentId);
    });

    test('is told of when its deadline passes, and no longer waited for', async () => {
      const { purpose, paymentId } = await startReviewed();
      await bench.drain(DAY_MS + MINUTE_MS);
      const alerts = bench.db.query
        .selectFrom('alerts')
        .select('state')
        .where('kind', '=', 'payment_review_overdue')
        .where('subject', '=', paymentId);
      expect(await alerts.execute()).toEqual([{ state: 'open' }]);
      expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true });
      // It ended by its deadline and by nobody's word: that stays told.
      expect(await alerts.execute()).toContainEqual({ state: 'open' });
      expect(callsOf(paymentId)).toEqual([]);
    });
  });
});
