import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import { AppError } from '../../../kernel/errors.ts';
import { readBalances } from '../../ledger/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { Purpose } from '../purpose.ts';
import { type CaptureOrder, requestCapture } from './request-capture.ts';
import { voidAuthorisation } from './void-authorisation.ts';

const CLERK = { type: 'staff', id: 'usr_clerk' } as const;

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

describe('money that is held', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  beforeEach(() => {
    bench.gateway.captureMode = 'manual';
    bench.gateway.captures = { holdMs: 7 * DAY_MS, isMultiple: true };
    bench.gateway.calls.length = 0;
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  async function hold(): Promise<{ purpose: Purpose; paymentId: string }> {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose, 'credit_card');
    const facts = bench.gateway.settle(paymentId, 'held');
    await bench.notify({
      eventId: `evt_${paymentId}`,
      subject: { type: 'payment', paymentId, result: { outcome: 'authorized', facts } },
    });
    expect(await bench.statusOf(paymentId)).toBe('authorized');
    return { purpose, paymentId };
  }

  const depsOf = (): PaymentsDeps => bench.deps;

  const capture = (paymentId: string, changes: Partial<CaptureOrder> = {}) =>
    bench.db.tx('test.capture', (tx) =>
      requestCapture(tx, depsOf(), { paymentId, isFinal: true, by: CLERK, ...changes }),
    );

  const capturesOf = (paymentId: string) =>
    bench.db.query
      .selectFrom('captures')
      .select(['status', 'amount', 'provider_capture_id'])
      .where('payment_id', '=', paymentId)
      .orderBy('id')
      .execute();

  const rowOf = (id: string) =>
    bench.db.query.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  test('is captured in full, once, however often the provider tells of it', async () => {
    const { purpose, paymentId } = await hold();
    expect(await bench.purchase(purpose)).toMatchObject({ authorised: 1, fulfilments: 0 });
    await capture(paymentId);
    await bench.drain();
    expect(await bench.statusOf(paymentId)).toBe('succeeded');
    await bench.notifyPaid(paymentId);
    await bench.notifyPaid(paymentId);
    expect(await capturesOf(paymentId)).toMatchObject([{ status: 'succeeded', amount: 10_000 }]);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1, status: 'confirmed' });
  });

  test('is captured in parts, each with its transfer, until nothing is left', async () => {
    const before = await balanceOfClearing();
    const { purpose, paymentId } = await hold();
    await capture(paymentId, { amount: 3_000, isFinal: false });
    await bench.drain();
    expect(await bench.statusOf(paymentId)).toBe('authorized');
    expect((await balanceOfClearing()) - before).toBe(3_000);
    await capture(paymentId, { amount: 7_000, isFinal: false });
    await bench.drain();
    expect(await bench.statusOf(paymentId)).toBe('succeeded');
    expect(await capturesOf(paymentId)).toMatchObject([{ amount: 3_000 }, { amount: 7_000 }]);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
    expect((await balanceOfClearing()) - before).toBe(10_000);
  });

  test('lets the rest go with a last capture of a part', async () => {
    const { paymentId } = await hold();
    await capture(paymentId, { amount: 4_000 });
    await bench.drain();
    expect(await rowOf(paymentId)).toMatchObject({ status: 'succeeded', captured_amount: 4_000 });
    expect(await codeOf(capture(paymentId, { amount: 1 }))).toBe('capture_not_possible');
  });

  test('is never captured beyond what is held, however many ask at once', async () => {
    const { paymentId } = await hold();
    const asked = Array.from({ length: 12 }, () => capture(paymentId, { amount: 3_000, isFinal: false }));
    const codes = await Promise.all(asked.map(codeOf));
    expect(codes.filter((code) => code === 'nothing was thrown')).toHaveLength(3);
    expect(codes.filter((code) => code === 'capture_exceeds_authorised')).toHaveLength(9);
    await bench.drain();
    expect(await rowOf(paymentId)).toMatchObject({ captured_amount: 9_000, capture_requested: 0 });
  });

  test('is captured by one call where the provider knows only one', async () => {
    bench.gateway.captures = { holdMs: DAY_MS, isMultiple: false };
    const { paymentId } = await hold();
    expect(await codeOf(capture(paymentId, { amount: 1, isFinal: false }))).toBe('capture_must_be_final');
    await capture(paymentId, { amount: 1 });
    expect(await codeOf(capture(paymentId))).toBe('capture_not_possible');
    await bench.drain();
    expect(await bench.statusOf(paymentId)).toBe('succeeded');
  });

  test.each(['answer_lost', 'request_lost', 'not_sent'] as const)(
    'is captured once where the call suffers from %s',
    async (fault) => {
      const { paymentId } = await hold();
      bench.gateway.fail('capture', fault);
      const { id } = await capture(paymentId);
      await bench.drain();
      expect(await capturesOf(paymentId)).toMatchObject([
        { status: fault === 'not_sent' ? 'requested' : 'unknown', provider_capture_id: null },
      ]);
      await bench.drain(MINUTE_MS);
      expect(await capturesOf(paymentId)).toMatchObject([{ status: 'succeeded', amount: 10_000 }]);
      expect(bench.gateway.calls.filter((call) => call === `capture ${id}`)).toHaveLength(2);
      expect(bench.gateway.trades.get(paymentId)?.captures.size).toBe(1);
    },
  );

  test('is free for another capture when one is refused', async () => {
    const { paymentId } = await hold();
    const reason = { code: 'EXPIRED_CARD', message: 'the card has expired' };
    bench.gateway.fail('capture', { answer: { outcome: 'failed', reason } });
    await capture(paymentId);
    await bench.drain();
    expect(await rowOf(paymentId)).toMatchObject({ status: 'authorized', capture_requested: 0 });
    expect(await openAlerts('capture_failed')).toHaveLength(1);
    await capture(paymentId);
    await bench.drain();
    expect(await bench.statusOf(paymentId)).toBe('succeeded');
  });

  test('is let go by a person, and nothing can be captured any more', async () => {
    const { purpose, paymentId } = await hold();
    const record = async () => undefined;
    await voidAuthorisation(depsOf(), { paymentId, by: CLERK, record });
    expect(await bench.statusOf(paymentId)).toBe('closed');
    expect(bench.gateway.trades.get(paymentId)?.state).toBe('closed');
    expect(await bench.purchase(purpose)).toMatchObject({ voided: 1 });
    expect(await codeOf(capture(paymentId))).toBe('capture_not_possible');
  });

  test('is let go later where the provider is not reached at once', async () => {
    const { paymentId } = await hold();
    bench.gateway.fail('close', 'request_lost');
    await voidAuthorisation(depsOf(), { paymentId, by: CLERK, record: async () => undefined });
    expect(await bench.statusOf(paymentId)).toBe('authorized');
    expect(await codeOf(capture(paymentId))).toBe('capture_not_possible');
    await bench.drain();
    expect(await bench.statusOf(paymentId)).toBe('closed');
  });

  test('is left alone by a close of the others while it is wanted', async () => {
    const { purpose, paymentId } = await hold();
    expect(await bench.payments.closeOpenAttempts(purpose)).toMatchObject({ hasMoney: true });
    expect(await bench.statusOf(paymentId)).toBe('authorized');
    expect(bench.gateway.calls).not.toContain(`close ${paymentId}`);
  });

  test('is told of a day before it ends, and closed when the provider has let it go', async () => {
    const { purpose, paymentId } = await hold();
    await bench.drain(6 * DAY_MS + HOUR_MS);
    expect(await openAlerts('authorisation_ending')).toContain(paymentId);
    const trade = bench.gateway.trades.get(paymentId);
    Object.assign(trade ?? {}, { state: 'closed' });
    await bench.drain(DAY_MS);
    expect(await bench.statusOf(paymentId)).toBe('closed');
    expect(await bench.purchase(purpose)).toMatchObject({ voided: 1 });
    expect(await openAlerts('authorisation_ending')).not.toContain(paymentId);
  });

  test('that was captured in the provider’s console counts', async () => {
    const { purpose, paymentId } = await hold();
    bench.gateway.pay(paymentId);
    await bench.notifyPaid(paymentId);
    expect(await rowOf(paymentId)).toMatchObject({ status: 'succeeded', captured_amount: 10_000 });
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
  });

  test('keeps what was captured when the rest is let go', async () => {
    const { purpose, paymentId } = await hold();
    await capture(paymentId, { amount: 2_500, isFinal: false });
    await bench.drain();
    Object.assign(bench.gateway.trades.get(paymentId) ?? {}, { state: 'closed' });
    await bench.drain(7 * HOUR_MS);
    expect(await rowOf(paymentId)).toMatchObject({ status: 'succeeded', captured_amount: 2_500 });
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1, voided: 0 });
  });

  describe('only agreed to', () => {
    async function agree(): Promise<{ purpose: Purpose; paymentId: string }> {
      const purpose = await bench.newPurchase();
      const { paymentId } = await bench.start(purpose, 'credit_card');
      bench.gateway.settle(paymentId, 'approved');
      return { purpose, paymentId };
    }

    test('is taken by itself, once', async () => {
      const { purpose, paymentId } = await agree();
      await bench.drain(10_000);
      expect(await bench.statusOf(paymentId)).toBe('succeeded');
      expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1, authorised: 0 });
      expect(await capturesOf(paymentId)).toHaveLength(1);
    });

    test('is never taken once the purpose is being closed', async () => {
      const { purpose, paymentId } = await agree();
      await bench.close(purpose);
      await bench.drain(DAY_MS);
      expect(await bench.statusOf(paymentId)).toBe('closed');
      expect(bench.gateway.calls.filter((call) => call.startsWith('capture'))).toEqual([]);
    });

    test('and refused by the payer’s bank leaves the attempt payable', async () => {
      const { paymentId } = await agree();
      const reason = { code: 'INSTRUMENT_DECLINED', message: 'declined' };
      bench.gateway.fail('capture', { answer: { outcome: 'failed', reason } });
      await bench.drain(6_000);
      expect(await rowOf(paymentId)).toMatchObject({
        status: 'pending',
        reason: 'INSTRUMENT_DECLINED',
        authorised_amount: 0,
      });
      await bench.drain(MINUTE_MS);
      expect(await bench.statusOf(paymentId)).toBe('succeeded');
    });

    test('is brought to its end before the purpose is closed', async () => {
      const { purpose, paymentId } = await agree();
      bench.gateway.fail('capture', 'answer_lost');
      await bench.payments.refreshOpenAttempt(purpose, 2_000);
      await bench.drain(1_000);
      expect(await rowOf(paymentId)).toMatchObject({ status: 'pending', capture_requested: 10_000 });
      expect(await bench.close(purpose)).toMatchObject({ isAllClosed: false });
      bench.clock.advance(20_000);
      expect(await bench.close(purpose)).toMatchObject({ isAllClosed: true, hasMoney: true });
    });
  });

  async function balanceOfClearing(): Promise<number> {
    const balances = await readBalances(bench.db);
    return balances.filter(({ kind }) => kind === 'clearing').reduce((sum, { amount }) => sum + amount, 0);
  }

  async function openAlerts(kind: string): Promise<string[]> {
    const rows = await bench.db.query
      .selectFrom('alerts')
      .select('subject')
      .where('kind', '=', kind)
      .where('state', '=', 'open')
      .execute();
    return rows.map(({ subject }) => subject);
  }
});
