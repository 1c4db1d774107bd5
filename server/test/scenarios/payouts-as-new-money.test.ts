/** A payout that came back looks like money of its buyer: nobody takes it for that without saying so. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readStatementDay } from '../../src/modules/bank-statements/index.ts';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import { openPayoutDesk, type PayoutDesk } from './payout-desk.ts';
import type { Seen } from './stage.ts';

let desk: PayoutDesk;

beforeAll(async () => {
  desk = await openPayoutDesk();
});

afterEach(() => desk.stage.expectSound());

afterAll(() => desk.stage.close());

describe('a line of as much as a payout', () => {
  const isRefused = async (line: Seen, paymentId: string, refundIds: readonly string[]) => {
    const answer = await desk.assign(line, { paymentId, acceptsDifference: true });
    expect(answer.body).toMatchObject({ code: 409, error: 'line_may_be_returned_payout' });
    expect(answer.body.details).toEqual({ refundIds });
  };

  test('is no payment of the buyer, while it is paid out and after it has bounced, unless somebody says so', async () => {
    const waiting = await desk.cancelPaid();
    const line = await desk.importLine('12.80', 'returned');
    const { paymentId, refundId } = waiting;
    await isRefused(line, paymentId, [refundId]);
    await desk.tell(refundId, 'paid-out', desk.payer);
    await isRefused(line, paymentId, [refundId]);
    await desk.tell(refundId, 'bounced', desk.payer);
    const [, next] = await desk.refundsOf(waiting.orderId);
    await isRefused(line, paymentId, [refundId, next.id]);
    const { body } = await desk.stage.call(`POST /admin/bank-statement-lines/${line.id}/assign`, {
      token: desk.assigner.token,
      headers: { 'accept-language': 'zh' },
      body: { remittanceCode: waiting.code, acceptsDifference: true, note: 'again' },
    });
    expect([body.error, body.message]).toEqual([
      'line_may_be_returned_payout',
      expect.stringContaining('银行退回的打款'),
    ]);
    const agreed = { paymentId, acceptsDifference: true, isNewMoney: true };
    expect((await desk.assign(line, agreed)).body.data).toMatchObject({ state: 'matched', refundId: null });
    const entry = await desk.stage.db.query
      .selectFrom('audit_entries')
      .select('after_value')
      .where('target_id', '=', line.id)
      .where('action', '=', 'bank_statement_line.assign')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(entry.after_value as string)).toMatchObject({ isNewMoney: true });
    expect((await desk.act(line, 'confirm', desk.confirmer)).status).toBe(200);
    expect(await desk.statesOf(waiting.orderId)).toEqual(['failed', 'sent', 'sent']);
  });

  test('is a payment again once the payout has its line', async () => {
    const paid = await desk.payOut();
    const back = await desk.importLine('12.80', 'returned');
    const second = await desk.importLine('12.80', `second ${paid.code}`);
    await isRefused(second, paid.paymentId, [paid.refundId]);
    await desk.assign(back, { refundId: paid.refundId });
    // As long as nobody has confirmed it, it may still turn out to be the other way round.
    await isRefused(second, paid.paymentId, [paid.refundId]);
    await desk.act(back, 'confirm', desk.confirmer);
    const [, next] = await desk.refundsOf(paid.orderId);
    await isRefused(second, paid.paymentId, [next.id]);
    const credited = await desk.stage.call(`POST /admin/refunds/${next.id}/store-credit`, {
      token: desk.payer.token,
    });
    expect(credited.status).toBe(200);
    const agreed = { paymentId: paid.paymentId, acceptsDifference: true };
    expect((await desk.assign(second, agreed)).status).toBe(200);
  });

  test('of another amount is none of its business', async () => {
    const paid = await desk.payOut();
    const line = await desk.importLine('12.79', `more ${paid.code}`);
    expect((await desk.assign(line, { paymentId: paid.paymentId, acceptsDifference: true })).status).toBe(
      200,
    );
  });
});

test('in the bill of its day the line is neither a payment nor a refund', async () => {
  const { refundId } = await desk.payOut();
  const line = await desk.importLine('12.80', 'our money');
  await desk.assign(line, { refundId });
  await desk.act(line, 'confirm', desk.confirmer);
  const types: string[] = [];
  for await (const { transactionId, type } of readStatementDay(desk.stage.db, line.bookedOn)) {
    if (transactionId === `main:ref:${line.bankReference}#1`) {
      types.push(type);
    }
  }
  expect(types).toEqual(['other']);
});

describe('the doctor', () => {
  const broken = async () => {
    const { violations } = await runDoctor(desk.stage.db, desk.stage.clock);
    return violations.map(({ invariant, subject }) => `${invariant} ${subject}`);
  };

  test('finds a link that is not what its line says', async () => {
    const { refundId } = await desk.payOut();
    const other = await desk.payOut();
    const line = await desk.importLine('12.80', 'our money');
    await desk.assign(line, { refundId });
    await desk.act(line, 'confirm', desk.confirmer);
    const link = (set: { refund_id?: string; line_id?: string }) =>
      desk.stage.db.tx('test.break', (tx) =>
        tx.query
          .updateTable('bank_statement_returns')
          .set(set)
          .where((where) => where.or([where('line_id', '=', line.id), where('line_id', '=', 'bsl_none')]))
          .execute(),
      );
    await link({ refund_id: other.refundId });
    expect(await broken()).toEqual([`I6 ${line.id}`]);
    await link({ refund_id: refundId, line_id: 'bsl_none' });
    expect(new Set(await broken())).toEqual(new Set(['I6 bsl_none', `I6 ${line.id}`]));
    await link({ line_id: line.id });
    expect(await broken()).toEqual([]);
  });

  test('finds a line that is a payout and a payment at once', async () => {
    const { refundId, paymentId } = await desk.payOut();
    const line = await desk.importLine('12.80', 'our money');
    await desk.assign(line, { refundId });
    await desk.act(line, 'confirm', desk.confirmer);
    const captured = await desk.stage.db.query
      .selectFrom('captures')
      .select(['id', 'provider_capture_id'])
      .where('payment_id', '=', paymentId)
      .executeTakeFirstOrThrow();
    const call = (number: string | null) =>
      desk.stage.db.tx('test.break', (tx) =>
        tx.query
          .updateTable('captures')
          .set({ provider_capture_id: number })
          .where('id', '=', captured.id)
          .execute(),
      );
    await call(`main:ref:${line.bankReference}#1`);
    const found = await broken();
    await call(captured.provider_capture_id);
    expect(found).toContain(`I6 ${line.id}`);
  });

  test('is not needed for what the database refuses: a second line, a second refund', async () => {
    const insert = (refundId: string, lineId: string) =>
      desk.stage.db.tx('test.claim', (tx) =>
        tx.insertOnce('bank_statement_returns', {
          ...{ refund_id: refundId, line_id: lineId, created_at: tx.now },
        }),
      );
    const { refundId } = await desk.payOut();
    const line = await desk.importLine('12.80', 'our money');
    await desk.assign(line, { refundId });
    expect(await insert(refundId, 'bsl_other')).toBe(false);
    expect(await insert('ref_other', line.id)).toBe(false);
  });
});
