/** Disputes and the day's report, against the simulator. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BillRow } from '../../src/gateways/gateway.ts';
import { openSimulatedPaypal, type SimulatedPaypal } from '../harness/simulated-paypal.ts';

let paypal: SimulatedPaypal;

const usd = (amount: number) => ({ amount, currency: 'USD' });

beforeAll(async () => {
  paypal = await openSimulatedPaypal();
});
beforeEach(async () => {
  await paypal.flush();
  paypal.received.length = 0;
});
afterAll(() => paypal.close());

describe('a dispute', () => {
  test('is told, queried, and costs its amount and a fee when it is lost', async () => {
    const { payment, captureId } = await paypal.openAndCapture();
    const { id, createdAt } = paypal.simulators.paypal.openDispute({ captureId });
    await paypal.flush();
    const opened = {
      disputeId: id,
      merchantAccount: paypal.gateway.merchantAccount,
      paymentId: payment.id,
      captureTransactionId: captureId,
      stage: 'needs_response',
      reason: 'merchandise_or_service_not_received',
      amount: usd(12_345),
      evidenceDueAt: createdAt + 10 * 86_400_000,
      openedAt: createdAt,
      movements: [],
    };
    expect(paypal.received.at(-1)).toMatchObject({
      eventType: 'CUSTOMER.DISPUTE.CREATED',
      subject: { type: 'dispute', facts: opened },
    });
    expect(await paypal.gateway.queryDispute?.({ id })).toEqual({ outcome: 'found', facts: opened });

    paypal.simulators.paypal.moveDispute(id, { status: 'UNDER_REVIEW' });
    expect(await paypal.gateway.queryDispute?.({ id })).toMatchObject({ facts: { stage: 'under_review' } });
    paypal.simulators.paypal.moveDispute(id, { status: 'RESOLVED', outcome: 'RESOLVED_BUYER_FAVOUR' });
    await paypal.flush();
    const lost = {
      stage: 'lost',
      movements: [
        { type: 'withdrawn', amount: usd(12_345), fee: 0 },
        { type: 'withdrawn', amount: usd(0), fee: 1_500 },
      ],
    };
    expect(paypal.received.at(-1)).toMatchObject({ subject: { facts: lost } });
    const found = await paypal.gateway.queryDispute?.({ id });
    expect(found).toMatchObject({ outcome: 'found', facts: lost });
    expect(await paypal.gateway.queryDispute?.({ id })).toEqual(found);
    expect(await paypal.gateway.queryDispute?.({ id: 'PP-D-NONE' })).toEqual({ outcome: 'not_found' });
  });

  test.each([
    ['RESOLVED_SELLER_FAVOUR', 'won'],
    ['CANCELED_BY_BUYER', 'withdrawn'],
  ] as const)('that ends with %s is %s and costs nothing', async (outcome, stage) => {
    const { captureId } = await paypal.openAndCapture();
    const { id } = paypal.simulators.paypal.openDispute({ captureId, units: 500 });
    paypal.simulators.paypal.moveDispute(id, { status: 'RESOLVED', outcome });
    expect(await paypal.gateway.queryDispute?.({ id })).toMatchObject({ facts: { stage, movements: [] } });
  });
});

describe('the report of a day', () => {
  async function rowsOf(date: string) {
    const bill = await paypal.gateway.downloadBill?.({ date });
    if (bill?.outcome !== 'ready') {
      throw new Error(JSON.stringify(bill));
    }
    const rows: BillRow[] = [];
    for await (const row of bill.rows) {
      rows.push(row);
    }
    return rows;
  }

  test('has its payments, refunds and disputes with our numbers, and is not ready before its end', async () => {
    paypal.clock.advance(3 * 86_400_000);
    const date = new Date(paypal.clock.now()).toISOString().slice(0, 10);
    const { payment, captureId } = await paypal.openAndCapture();
    const refund = paypal.refundOf(payment, captureId, 45);
    await paypal.gateway.refund(refund);
    paypal.simulators.paypal.refundOnPages({ captureId, units: 100 });
    const { id } = paypal.simulators.paypal.openDispute({ captureId, units: 500 });
    paypal.simulators.paypal.moveDispute(id, { status: 'RESOLVED', outcome: 'ACCEPTED' });
    expect(await paypal.gateway.downloadBill?.({ date })).toEqual({ outcome: 'not_ready' });
    paypal.clock.advance(2 * 86_400_000);

    const merchantAccount = paypal.gateway.merchantAccount;
    const common = { merchantAccount, status: 'succeeded' };
    expect(await rowsOf(date)).toMatchObject([
      {
        ...common,
        type: 'payment',
        number: payment.id,
        transactionId: captureId,
        amount: usd(12_345),
        fee: 480,
      },
      { ...common, type: 'refund', number: refund.id, paymentNumber: payment.id, amount: usd(45), fee: 0 },
      { ...common, type: 'refund', number: null, paymentNumber: payment.id, amount: usd(100) },
      { ...common, type: 'dispute', amount: usd(500), fee: null },
      { ...common, type: 'dispute', amount: usd(1_500), fee: null },
    ]);
    const dayBefore = new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
    expect(await paypal.gateway.downloadBill?.({ date: dayBefore })).toEqual({ outcome: 'empty' });
  });

  test('that has more lines than PayPal shows at once is read in parts, each line once', async () => {
    paypal.clock.advance(3 * 86_400_000);
    const date = new Date(paypal.clock.now()).toISOString().slice(0, 10);
    const ids = new Set<string>();
    for (let index = 0; index < 6; index += 1) {
      ids.add((await paypal.openAndCapture()).captureId);
      paypal.clock.advance(61_000);
    }
    paypal.clock.advance(2 * 86_400_000);
    paypal.simulators.paypal.changeSettings({ reportLimit: 2 });
    const rows = await rowsOf(date);
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ transactionId }) => transactionId))).toEqual(ids);
    paypal.simulators.paypal.changeSettings({ reportLimit: 10_000 });
  });

  test('that PayPal does not give is unknown', async () => {
    paypal.plan('report', 'error');
    expect(await paypal.gateway.downloadBill?.({ date: '2026-11-20' })).toMatchObject({ outcome: 'unknown' });
  });
});
