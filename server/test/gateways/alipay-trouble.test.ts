/** What goes wrong at Alipay or on the way, played by the simulator. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BillRow, DownloadBillResult } from '../../src/gateways/gateway.ts';
import { openSimulatedAlipay, type SimulatedAlipay } from '../harness/simulated-alipay.ts';

let alipay: SimulatedAlipay;

beforeAll(async () => {
  alipay = await openSimulatedAlipay();
});
beforeEach(async () => {
  // What earlier tests left to be sent must not be counted here.
  await alipay.flush();
  alipay.received.length = 0;
});
afterAll(() => alipay.close());

const LOST = [
  'error_after_commit',
  'truncated_body',
  'wrong_signature',
  'unknown_serial',
  'service_unavailable_after_commit',
  'system_error_after_commit',
];

describe('an answer that can not be believed', () => {
  test.each(LOST)(
    'to a refund (%s) is unknown; its query finds it, and sending it again moves nothing',
    async (kind) => {
      const payment = await alipay.openAndPay();
      alipay.plan('refund', kind);
      const refund = alipay.refundOf(payment, 5);
      expect(await alipay.gateway.refund(refund)).toMatchObject({ outcome: 'unknown' });
      expect(await alipay.gateway.queryRefund(refund)).toMatchObject({ outcome: 'succeeded' });
      expect(await alipay.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
      expect(alipay.simulators.alipay.listRefunds(payment.id)).toHaveLength(1);
    },
  );

  test.each(LOST)('to an opening (%s) is unknown, and asking again gives the same code', async (kind) => {
    const payment = alipay.newPayment();
    alipay.plan('precreate', kind);
    expect(await alipay.gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await alipay.open(payment)).toEqual(await alipay.open(payment));
  });

  test.each(LOST)('to a cancel (%s) leaves the close unknown, and the next one closes', async (kind) => {
    const payment = alipay.newPayment();
    await alipay.open(payment);
    alipay.plan('cancel', kind);
    expect(await alipay.gateway.closePayment(payment)).toMatchObject({ outcome: 'unknown' });
    expect(await alipay.gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
  });

  test.each(['service_unavailable', 'system_error', 'rate_limit', 'wrong_signature'])(
    'to a query (%s) is unknown, not closed or missing',
    async (kind) => {
      const payment = await alipay.openAndPay();
      alipay.plan('query', kind);
      expect(await alipay.gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
      expect(await alipay.gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    },
  );

  test('to the question what was returned leaves a closed paid trade unknown', async () => {
    const payment = await alipay.openAndPay();
    await alipay.gateway.refund(alipay.refundOf(payment, 12_345));
    alipay.plan('query_refund', 'service_unavailable');
    expect(await alipay.gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
  });

  test('that takes longer than its deadline is unknown', async () => {
    const payment = await alipay.openAndPay();
    alipay.plan('query', 'delay', { ms: 2_000 });
    expect(await alipay.gateway.queryPayment(payment, 200)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'timeout' },
    });
  });
});

describe('what Alipay refuses', () => {
  test('another amount under a used number is unknown, because the order is there', async () => {
    const payment = alipay.newPayment();
    await alipay.open(payment);
    const changed = { ...payment, amount: { amount: 1, currency: 'CNY' } };
    expect(await alipay.gateway.createPayment(changed)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'ACQ.CONTEXT_INCONSISTENT' },
    });
  });

  test('an order that it never takes is declined', async () => {
    const payment = alipay.newPayment({ amount: { amount: 0, currency: 'CNY' } });
    expect(await alipay.gateway.createPayment(payment)).toMatchObject({
      outcome: 'declined',
      reason: { code: 'ACQ.INVALID_PARAMETER' },
    });
  });

  test.each([
    ['not_enough', 'refused_for_now'],
    ['refund_charge_error', 'unknown'],
    ['refund_pending', 'pending'],
  ])('a refund by the plan %s is %s, and the same number is done later', async (kind, outcome) => {
    const payment = await alipay.openAndPay();
    alipay.plan('refund', kind);
    const refund = alipay.refundOf(payment, 5);
    expect(await alipay.gateway.refund(refund)).toMatchObject({ outcome });
    expect(await alipay.gateway.queryRefund(refund)).toEqual({ outcome: 'not_found' });
    alipay.clock.advance(2_000);
    await alipay.flush();
    expect(await alipay.gateway.refund(refund)).toMatchObject({ outcome: 'succeeded' });
    expect(alipay.simulators.alipay.listRefunds(payment.id)).toHaveLength(1);
  });

  test('a refund of more than is left has failed; one with another amount tells what became of the first', async () => {
    const payment = await alipay.openAndPay();
    expect(await alipay.gateway.refund(alipay.refundOf(payment, 12_346))).toMatchObject({
      outcome: 'failed',
    });
    const refund = alipay.refundOf(payment, 5);
    await alipay.gateway.refund(refund);
    const changed = { ...refund, amount: { amount: 6, currency: 'CNY' } };
    expect(await alipay.gateway.refund(changed)).toMatchObject({
      outcome: 'succeeded',
      facts: { amount: { amount: 5 } },
    });
  });

  test('a refund of a trade that nobody has paid has failed', async () => {
    const payment = alipay.newPayment();
    alipay.simulators.alipay.scan(await alipay.open(payment));
    expect(await alipay.gateway.refund(alipay.refundOf(payment, 5))).toMatchObject({ outcome: 'failed' });
  });
});

describe('a notification', () => {
  test.each(['wrong_amount', 'wrong_seller', 'wrong_appid'])(
    'with the %s is handed up as it is, for payments to judge',
    async (kind) => {
      alipay.plan('notify', kind);
      const payment = await alipay.openAndPay();
      await alipay.flush();
      const [notification] = alipay.received;
      const result = notification?.outcome === 'verified' ? notification.subject : undefined;
      const facts = result?.type === 'payment' && 'facts' in result.result ? result.result.facts : undefined;
      const isAsOpened = {
        wrong_amount: facts?.amount.amount === payment.amount.amount,
        wrong_seller: facts?.merchantAccount === alipay.gateway.merchantAccount,
        wrong_appid: facts?.appId === payment.appId,
      };
      const differing = Object.entries(isAsOpened).filter(([, isSame]) => !isSame);
      expect(differing.map(([name]) => name)).toEqual([kind]);
    },
  );

  test.each([
    ['forge', 'bad_signature'],
    ['unknown_serial', 'unknown_serial'],
    ['truncated', 'unsigned'],
  ])('by the plan %s is rejected for %s, and its repeat is verified', async (kind, reason) => {
    alipay.plan('notify', kind);
    await alipay.openAndPay();
    await alipay.flush();
    expect(alipay.received).toMatchObject([{ outcome: 'rejected', reason }]);
    alipay.clock.advance(240_000);
    await alipay.flush();
    expect(alipay.received.at(-1)).toMatchObject({ outcome: 'verified' });
  });

  test.each(['sign_type_signed', 'gbk'])('in the form %s is verified', async (kind) => {
    alipay.plan('notify', kind);
    const payment = await alipay.openAndPay();
    await alipay.flush();
    expect(alipay.received).toMatchObject([{ outcome: 'verified', subject: { paymentId: payment.id } }]);
  });

  test('of a refund that can not be confirmed is to come again', async () => {
    const payment = await alipay.openAndPay();
    await alipay.flush();
    alipay.simulators.alipay.refundInConsole({ outTradeNo: payment.id, amount: 5 });
    alipay.plan('query_refund', 'service_unavailable');
    await alipay.flush();
    expect(alipay.received.at(-1)).toEqual({ outcome: 'unverified', reason: 'refund_not_confirmed' });
    alipay.clock.advance(240_000);
    await alipay.flush();
    expect(alipay.received.at(-1)).toMatchObject({ outcome: 'verified', subject: { type: 'refund' } });
  });

  test('that comes again has the same event id', async () => {
    const payment = await alipay.openAndPay();
    const match = { outTradeNo: payment.id };
    alipay.simulators.faults.set({ provider: 'alipay', operation: 'notify', kind: 'duplicate', match });
    await alipay.flush();
    alipay.clock.advance(1_000);
    await alipay.flush();
    const ids = alipay.received.map((result) => (result.outcome === 'verified' ? result.eventId : ''));
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('the bill of a day', () => {
  const DAY_MS = 86_400_000;
  const dateOf = (epochMs: number) => new Date(epochMs + 8 * 3_600_000).toISOString().slice(0, 10);

  async function rowsOf(result: DownloadBillResult): Promise<BillRow[]> {
    if (result.outcome !== 'ready') {
      throw new Error(result.outcome);
    }
    const rows: BillRow[] = [];
    for await (const row of result.rows) {
      rows.push(row);
    }
    return rows;
  }

  async function beginDay(): Promise<string> {
    alipay.clock.advance(2 * DAY_MS);
    return dateOf(alipay.clock.now());
  }

  test('holds payments and refunds with their fees, under our numbers', async () => {
    const date = await beginDay();
    const payment = await alipay.openAndPay({ description: '碧螺春, "特级"' });
    const paidAt = alipay.clock.now();
    const refund = alipay.refundOf(payment, 5_000);
    await alipay.gateway.refund(refund);
    const { transactionId } = (
      (await alipay.gateway.queryPayment(payment)) as { facts: { transactionId: string } }
    ).facts;
    alipay.clock.advance(DAY_MS + 10 * 3_600_000);
    const base = { status: 'succeeded', occurredAt: paidAt, merchantAccount: alipay.gateway.merchantAccount };
    expect(await rowsOf((await alipay.gateway.downloadBill?.({ date })) as DownloadBillResult)).toEqual([
      {
        ...base,
        type: 'payment',
        number: payment.id,
        paymentNumber: null,
        transactionId,
        amount: payment.amount,
        fee: 74,
      },
      {
        ...base,
        type: 'refund',
        number: refund.id,
        paymentNumber: payment.id,
        transactionId: `${transactionId}:${refund.id}`,
        amount: refund.amount,
        fee: -30,
      },
    ]);
  });

  test('is not ready before ten in the morning, and empty when nothing happened', async () => {
    const date = await beginDay();
    const dayEnd = Date.parse(`${date}T00:00:00+08:00`) + DAY_MS;
    alipay.clock.advance(dayEnd + 9 * 3_600_000 - alipay.clock.now());
    expect(await alipay.gateway.downloadBill?.({ date })).toEqual({ outcome: 'not_ready' });
    alipay.clock.advance(3_600_000);
    expect(await alipay.gateway.downloadBill?.({ date })).toEqual({ outcome: 'empty' });
  });

  test.each([
    ['missing_row', []],
    ['amount_differs', [12_346]],
    ['extra_row', [12_345, 100]],
  ])('by the plan %s says so', async (kind, amounts) => {
    const date = await beginDay();
    await alipay.openAndPay();
    alipay.clock.advance(2 * DAY_MS);
    alipay.plan('bill', kind);
    const rows = await rowsOf((await alipay.gateway.downloadBill?.({ date })) as DownloadBillResult);
    expect(rows.map(({ amount }) => amount.amount)).toEqual(amounts);
  });

  test('that is cut off on the way breaks, and is not taken for a short one', async () => {
    const date = await beginDay();
    await alipay.openAndPay();
    alipay.clock.advance(2 * DAY_MS);
    alipay.plan('download_bill', 'truncated_body');
    const result = (await alipay.gateway.downloadBill?.({ date })) as DownloadBillResult;
    await expect(rowsOf(result)).rejects.toThrow(/bill/);
  });

  test('whose link has died or whose answer is lost is unknown', async () => {
    const date = await beginDay();
    await alipay.openAndPay();
    alipay.clock.advance(2 * DAY_MS);
    alipay.plan('download_bill', 'error');
    expect(await alipay.gateway.downloadBill?.({ date })).toMatchObject({ outcome: 'unknown' });
    alipay.plan('bill', 'service_unavailable');
    expect(await alipay.gateway.downloadBill?.({ date })).toMatchObject({ outcome: 'unknown' });
  });
});
