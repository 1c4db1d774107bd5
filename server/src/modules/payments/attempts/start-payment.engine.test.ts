import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { purchaseClosed } from '../../../../test/harness/fake-owner.ts';
import {
  OUTBOUND_TIMEOUT_MS,
  openPaymentsBench,
  type PaymentsBench,
} from '../../../../test/harness/payments.ts';
import type { KnownPayment } from '../../../gateways/gateway.ts';
import { MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Purpose } from '../purpose.ts';

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('starting a payment', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  beforeEach(() => {
    bench.gateway.calls.length = 0;
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  const attemptsOf = ({ id }: Purpose) =>
    bench.db.query.selectFrom('payments').selectAll().where('purpose_id', '=', id).orderBy('id').execute();

  test('writes the attempt down before the provider is called', async () => {
    const purpose = await bench.newPurchase();
    let seen: unknown[] = [];
    bench.gateway.fail('create', {
      before: async () => {
        seen = await attemptsOf(purpose);
      },
    });
    const started = await bench.start(purpose);
    expect(seen).toMatchObject([{ id: started.paymentId, status: 'created' }]);
    expect(started).toMatchObject({ status: 'pending', amount: 10_000, currency: 'CNY' });
    expect(started.paymentId).toMatch(/^[0-9A-Za-z_-]{6,32}$/);
    expect(await bench.statusOf(started.paymentId)).toBe('pending');
  });

  test('the same way again gives fresh parameters of the same attempt, byte for byte the same request', async () => {
    const purpose = await bench.newPurchase();
    const first = await bench.start(purpose);
    const second = await bench.start(purpose);
    expect(second.paymentId).toBe(first.paymentId);
    expect(second.parameters).not.toEqual(first.parameters);
    expect(await attemptsOf(purpose)).toHaveLength(1);
  });

  test('ten at once open one attempt', async () => {
    const purpose = await bench.newPurchase();
    const started = await Promise.all(Array.from({ length: 10 }, () => bench.start(purpose)));
    expect(new Set(started.map(({ paymentId }) => paymentId)).size).toBe(1);
    expect(await attemptsOf(purpose)).toHaveLength(1);
  });

  test('another way closes the old attempt at its provider before the new one begins', async () => {
    const purpose = await bench.newPurchase();
    const old = await bench.start(purpose);
    const fresh = await bench.start(purpose, 'wechat_native');
    expect(fresh.paymentId).not.toBe(old.paymentId);
    expect(bench.gateway.calls.map((call) => call.split(' ')[0])).toEqual([
      'create',
      'query',
      'close',
      'query',
      'create',
    ]);
    expect(await bench.statusOf(old.paymentId)).toBe('closed');
    expect(await bench.purchase(purpose)).toMatchObject({ closed: 1, status: 'pending' });
  });

  test('another way while the provider does not answer opens nothing', async () => {
    const purpose = await bench.newPurchase();
    const old = await bench.start(purpose);
    bench.gateway.fail('query', 'request_lost');
    expect(await codeOf(bench.start(purpose, 'wechat_native'))).toBe('provider_unavailable');
    expect(await attemptsOf(purpose)).toMatchObject([{ id: old.paymentId, status: 'pending' }]);
    expect((await bench.start(purpose, 'wechat_native')).paymentId).not.toBe(old.paymentId);
  });

  test('another way when the old attempt turns out to be paid pays the purchase and opens nothing', async () => {
    const purpose = await bench.newPurchase();
    const old = await bench.start(purpose);
    bench.gateway.pay(old.paymentId);
    expect(await codeOf(bench.start(purpose, 'wechat_native'))).toBe(purchaseClosed.code);
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    expect(await attemptsOf(purpose)).toHaveLength(1);
  });

  test.each(['not_sent', 'request_lost', 'answer_lost'] as const)(
    'a provider that is down (%s) is a 502, and the same attempt is asked again',
    async (fault) => {
      const purpose = await bench.newPurchase();
      bench.gateway.fail('create', fault);
      expect(await codeOf(bench.start(purpose))).toBe('provider_unavailable');
      const [attempt] = await attemptsOf(purpose);
      expect(attempt?.status).toBe(fault === 'not_sent' ? 'created' : 'unknown');
      const started = await bench.start(purpose);
      expect(started).toMatchObject({ paymentId: attempt?.id, status: 'pending' });
      expect(await attemptsOf(purpose)).toHaveLength(1);
    },
  );

  test('a declined attempt fails and leaves the purchase payable', async () => {
    const purpose = await bench.newPurchase();
    const reason = { code: 'PARAM_ERROR', message: 'malformed' };
    bench.gateway.fail('create', { answer: { outcome: 'declined', reason } });
    expect(await codeOf(bench.start(purpose))).toBe('payment_declined');
    expect(await attemptsOf(purpose)).toMatchObject([
      { status: 'failed', reason: 'PARAM_ERROR', live_key: null },
    ]);
    expect((await bench.start(purpose)).status).toBe('pending');
  });

  test('a number that the provider has closed is given up for a new one', async () => {
    const purpose = await bench.newPurchase();
    const first = await bench.start(purpose, 'wechat_jsapi', 'clm_used_up');
    bench.gateway.trades.get(first.paymentId)!.state = 'closed';
    const second = await bench.start(purpose, 'wechat_jsapi', 'clm_used_up');
    expect(second.paymentId).not.toBe(first.paymentId);
    expect(await bench.statusOf(first.paymentId)).toBe('closed');
  });

  test('a request whose first run opened an attempt that is over opens no second one', async () => {
    const purpose = await bench.newPurchase();
    await bench.start(purpose, 'wechat_jsapi', 'clm_slow');
    await bench.start(purpose, 'wechat_native', 'clm_other');
    expect(await codeOf(bench.start(purpose, 'wechat_jsapi', 'clm_slow'))).toBe('payment_closed');
    expect(await attemptsOf(purpose)).toHaveLength(2);
  });

  test('a prepay that comes back to a closing purchase gives no parameters and is closed again', async () => {
    const purpose = await bench.newPurchase();
    bench.gateway.fail('create', {
      before: async () => {
        const closed = await bench.close(purpose);
        expect(closed).toMatchObject({ isAllClosed: false, waitUntil: expect.any(Number) });
      },
    });
    expect(await codeOf(bench.start(purpose))).toBe(purchaseClosed.code);
    const [attempt] = await attemptsOf(purpose);
    expect(bench.gateway.trades.get(attempt!.id)?.state).toBe('closed');
    expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true, hasMoney: false });
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'closed' });
  });

  test('what the rail does not sell, or knows to be wrong, is refused before anything is written', async () => {
    const purpose = await bench.newPurchase({ description: 'refused' });
    expect(await codeOf(bench.start(purpose))).toBe('payment_not_valid');
    const context = { customerId: 'usr_buyer', ip: null };
    const order = { purpose, context, claimId: null };
    expect(await codeOf(bench.payments.startPayment({ ...order, method: 'paypal' }))).toBe(
      'payment_method_unavailable',
    );
    expect(await codeOf(bench.payments.startPayment({ ...order, method: 'wechat_jsapi' }))).toBe(
      'openid_required',
    );
    expect(await attemptsOf(purpose)).toEqual([]);
  });

  test('the poll asks at 5 s, 30 s, 1, 3, 5 and 10 minutes after the creation, then gives up what is abandoned', async () => {
    const purpose = await bench.newPurchase();
    const startedAt = bench.clock.now();
    const { paymentId } = await bench.start(purpose);
    const times: number[] = [];
    const queryPayment = bench.gateway.queryPayment;
    Object.assign(bench.gateway, {
      queryPayment: (payment: KnownPayment) => {
        if (payment.id === paymentId) {
          times.push((bench.clock.now() - startedAt) / SECOND_MS);
        }
        return queryPayment(payment);
      },
    });
    await bench.drain(19 * MINUTE_MS);
    expect(times).toEqual([5, 30, 60, 180, 300, 600]);
    await bench.drain(10 * MINUTE_MS);
    Object.assign(bench.gateway, { queryPayment });
    expect(await bench.statusOf(paymentId)).toBe('closed');
    expect(bench.gateway.trades.get(paymentId)?.state).toBe('closed');
  });

  test('readers bring an open attempt up to date, at most once in five seconds', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.calls.length = 0;
    const read = () => bench.payments.refreshOpenAttempt(purpose, 2_000);
    await Promise.all(Array.from({ length: 10 }, read));
    expect(bench.gateway.calls).toEqual([`query ${paymentId}`]);
    bench.gateway.pay(paymentId);
    await read();
    expect(await bench.statusOf(paymentId)).toBe('pending');
    bench.clock.advance(5 * SECOND_MS);
    await read();
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
  });

  test('closing waits until no call can be under way any more', async () => {
    const purpose = await bench.newPurchase();
    bench.gateway.fail('create', 'request_lost');
    await codeOf(bench.start(purpose));
    const { waitUntil } = await bench.close(purpose);
    expect(waitUntil).toBe(bench.clock.now() + OUTBOUND_TIMEOUT_MS + 5 * SECOND_MS);
    expect(bench.gateway.calls.filter((call) => call.startsWith('close'))).toEqual([]);
    bench.clock.set(waitUntil as number);
    expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true });
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'closed' });
  });
});
