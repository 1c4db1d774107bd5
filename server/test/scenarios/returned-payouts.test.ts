/** A payout by hand comes back to the shop's bank account: its line is that bounce, once, and nobody's new money. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import type { TestBuyer } from '../harness/app.ts';
import { newStaff, type TestStaff } from '../harness/staff.ts';
import { MINUTE, openStage, type Seen, type Stage } from './stage.ts';

const ACCOUNTS = [{ id: 'main', name: 'Suanpan', bank: 'Bank', number: '1', currency: 'CNY' }];
const ALL = [
  ...['bank_statements.read', 'bank_statements.import', 'bank_statements.confirm'],
  ...['refunds.write', 'payments.read'],
];

let stage: Stage;
let buyer: TestBuyer;
let importer: TestStaff;
let assigner: TestStaff;
let confirmer: TestStaff;
let payer: TestStaff;
let references = 0;

beforeAll(async () => {
  stage = await openStage({ environment: { BANK_TRANSFER_ACCOUNTS: JSON.stringify(ACCOUNTS) } });
  buyer = await stage.newBuyer();
  [assigner, confirmer, payer] = (await Promise.all(
    Array.from({ length: 3 }, () => newStaff(stage, ALL)),
  )) as [TestStaff, TestStaff, TestStaff];
});

// Nobody imports as many statements in a minute as these tests do.
beforeEach(async () => {
  importer = await newStaff(stage, ALL);
});

afterEach(() => stage.expectSound());

afterAll(() => stage.close());

/** Imports one movement; answers its line. */
async function importLine(amount: string, text: string): Promise<Seen> {
  references += 1;
  const day = new Date(stage.clock.now()).toISOString().slice(0, 10);
  const answer = await stage.call('POST /admin/bank-statements/import?account=main', {
    token: importer.token,
    headers: { 'content-type': 'text/csv' },
    body: `Date,Amount,Description,Bank reference\n${day},${amount},${text},REF${references}\n`,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const list = `GET /admin/bank-statement-lines?statementId=${answer.body.data.statementId}`;
  const { body } = await stage.call(list, { token: importer.token });
  return body.data.items[0];
}

const act = (line: Seen, verb: string, { token }: TestStaff, body: object = {}) =>
  stage.call(`POST /admin/bank-statement-lines/${line.id}/${verb}`, { token, body });

const assign = (line: Seen, body: object, by = assigner) =>
  act(line, 'assign', by, { note: 'as the bank says', ...body });

const tell = (refundId: string, verb: 'bounced' | 'paid-out', { token }: TestStaff) =>
  stage.call(`POST /admin/refunds/${refundId}/${verb}`, { token, body: { reference: 'slip 7' } });

const codeOf = ({ status, body }: { status: number; body: Seen }) => body.error ?? status;

interface Paid {
  readonly orderId: string;
  readonly paymentId: string;
  readonly code: string;
  readonly refundId: string;
}

/** An order that was paid by transfer and then cancelled: its refund waits for a person. */
async function cancelPaid(): Promise<Paid> {
  const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  const { paymentId, parameters } = await stage.open(buyer, order.id, 'bank_transfer');
  const code = parameters.remittanceCode as string;
  const line = await importLine('12.80', code);
  expect((await act(line, 'confirm', confirmer)).status).toBe(200);
  const cancelled = await stage.call(`POST /orders/${order.id}/cancel`, {
    token: buyer.token,
    body: { reason: 'changed my mind' },
  });
  expect(cancelled.status).toBeLessThan(300);
  await stage.pass(MINUTE);
  const [refund] = (await stage.order(buyer, order.id)).refunds;
  expect(refund).toMatchObject({ status: 'sent', amount: 1_280, isByHand: true });
  return { orderId: order.id, paymentId, code, refundId: refund.id };
}

/** The same, and somebody has paid it. */
async function payOut(): Promise<Paid> {
  const paid = await cancelPaid();
  expect((await tell(paid.refundId, 'paid-out', payer)).status).toBe(200);
  return paid;
}

async function statesOf(orderId: string): Promise<string[]> {
  await stage.pass(MINUTE);
  const { refunds } = await stage.order(buyer, orderId);
  return refunds.map(({ status }: Seen) => status);
}

const capturesOf = (paymentId: string) =>
  stage.db.query.selectFrom('captures').select('id').where('payment_id', '=', paymentId).execute();

describe('a line that is a payout which came back', () => {
  test('is the bounce once another person has confirmed it, and neither of the two confirms the next payout', async () => {
    const { orderId, refundId, paymentId, code } = await payOut();
    const line = await importLine('12.80', `returned ${code}`);
    const assigned = await assign(line, { refundId });
    expect(assigned.body.data).toMatchObject({ state: 'matched', refundId, paymentId, reason: null });
    expect(await statesOf(orderId)).toEqual(['succeeded']);
    expect(codeOf(await act(line, 'confirm', assigner))).toBe('second_person_required');
    expect(codeOf(await act(line, 'confirm', importer))).toBe('second_person_required');
    const confirmed = await act(line, 'confirm', confirmer);
    expect(confirmed.body.data).toMatchObject({ state: 'payout_returned', confirmedBy: confirmer.userId });
    expect(await statesOf(orderId)).toEqual(['failed', 'sent']);
    expect(await capturesOf(paymentId)).toHaveLength(1);
    const next = (await stage.order(buyer, orderId)).refunds[1];
    for (const teller of [assigner, confirmer]) {
      expect(codeOf(await tell(next.id, 'paid-out', teller))).toBe('second_person_required');
    }
    expect((await tell(next.id, 'paid-out', payer)).status).toBe(200);
    const audit = await stage.db.query
      .selectFrom('audit_entries')
      .select(['action', 'actor_id'])
      .where('target_id', 'in', [line.id, refundId])
      .where('action', 'in', ['refund.bounced', 'bank_statement_line.confirm'])
      .execute();
    expect(audit.map(({ action, actor_id: by }) => [action, by]).sort()).toEqual([
      ['bank_statement_line.confirm', confirmer.userId],
      ['refund.bounced', confirmer.userId],
    ]);
  });

  test('of a bounce that was told before is linked, and nothing bounces again', async () => {
    const { orderId, refundId } = await payOut();
    expect((await tell(refundId, 'bounced', payer)).status).toBe(200);
    const line = await importLine('12.80', 'our money');
    expect((await assign(line, { refundId })).status).toBe(200);
    expect((await act(line, 'confirm', confirmer)).body.data).toMatchObject({ state: 'payout_returned' });
    expect(await statesOf(orderId)).toEqual(['failed', 'sent']);
    expect((await stage.order(buyer, orderId)).refunds).toHaveLength(2);
  });

  test('and its bounce told at the same moment are one bounce, whoever is quicker', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { orderId, refundId } = await payOut();
      const line = await importLine('12.80', 'our money');
      await assign(line, { refundId });
      const [confirmed, ...told] = await Promise.all([
        act(line, 'confirm', confirmer),
        tell(refundId, 'bounced', payer),
        tell(refundId, 'bounced', importer),
      ]);
      expect(confirmed.body.data).toMatchObject({ state: 'payout_returned' });
      expect(told.filter(({ status }) => status === 200).length).toBeLessThan(2);
      expect(await statesOf(orderId)).toEqual(['failed', 'sent']);
    }
  });

  test('bounces once when several confirm it, and stands for one refund when several assign it', async () => {
    const one = await payOut();
    const two = await payOut();
    const line = await importLine('12.80', 'our money');
    const assigned = await Promise.all([
      assign(line, { refundId: one.refundId }),
      assign(line, { refundId: two.refundId }, payer),
      assign(line, { paymentId: two.paymentId, isNewMoney: true, acceptsDifference: true }, importer),
    ]);
    expect(assigned.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    await act(line, 'unassign', assigner, { note: 'anew' });
    expect((await assign(line, { refundId: one.refundId })).status).toBe(200);
    const others = [confirmer, payer, await newStaff(stage, ALL)];
    const confirmed = await Promise.all(others.map((other) => act(line, 'confirm', other)));
    expect(confirmed.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(await statesOf(one.orderId)).toEqual(['failed', 'sent']);
    expect(await statesOf(two.orderId)).toEqual(['succeeded']);
  });

  test('is the only one of its refund, until its match is taken back', async () => {
    const { refundId, orderId } = await payOut();
    const lines = [await importLine('12.80', 'our money'), await importLine('12.80', 'our money too')];
    const answers = await Promise.all(lines.map((line) => assign(line, { refundId })));
    expect(answers.map(codeOf).sort()).toEqual([200, 'line_does_not_fit']);
    const loser = answers.find(({ status }) => status === 409);
    expect(loser?.body.details).toEqual({ reason: 'duplicate' });
    const [first, second] = answers[0]?.status === 200 ? lines : lines.toReversed();
    const undone = await act(first, 'unassign', assigner, { note: 'the other one' });
    expect(undone.body.data).toMatchObject({ state: 'unmatched', refundId: null, paymentId: null });
    expect((await assign(second, { refundId })).status).toBe(200);
    expect((await act(second, 'confirm', confirmer)).status).toBe(200);
    expect(codeOf(await assign(first, { refundId }))).toBe('line_does_not_fit');
    expect(codeOf(await act(second, 'request-reversal', assigner, { note: 'gone' }))).toBe(
      'illegal_transition',
    );
    expect(await statesOf(orderId)).toEqual(['failed', 'sent']);
  });

  test('fits its refund exactly, and the refund was paid by a person', async () => {
    const waiting = await cancelPaid();
    const line = await importLine('12.80', 'our money');
    expect(codeOf(await assign(line, { refundId: waiting.refundId }))).toBe('refund_not_paid_out');
    expect(codeOf(await assign(line, { refundId: 'ref_none' }))).toBe('not_found');
    await tell(waiting.refundId, 'paid-out', payer);
    for (const [amount, reason] of [
      ['12.79', 'short'],
      ['12.81', 'over'],
      ['-12.80', 'outgoing'],
    ] as const) {
      const answer = await assign(await importLine(amount, 'other money'), { refundId: waiting.refundId });
      expect(answer.body).toMatchObject({ error: 'line_does_not_fit', details: { reason } });
    }
    const contradiction = await assign(line, { refundId: waiting.refundId, isNewMoney: true });
    expect(contradiction.status).toBe(400);
    const twofold = await assign(line, { refundId: waiting.refundId, paymentId: waiting.paymentId });
    expect(twofold.status).toBe(400);
  });

  test('has told of the bounce: nobody else can tell of it again', async () => {
    const { orderId, refundId } = await payOut();
    const line = await importLine('12.80', 'our money');
    await assign(line, { refundId });
    await act(line, 'confirm', confirmer);
    expect(codeOf(await tell(refundId, 'bounced', payer))).toBe('refund_not_paid_out');
    expect(await statesOf(orderId)).toEqual(['failed', 'sent']);
  });
});

describe('a line of as much as a payout', () => {
  const isRefused = async (line: Seen, paymentId: string, refundIds: readonly string[]) => {
    const answer = await assign(line, { paymentId, acceptsDifference: true });
    expect(answer.body).toMatchObject({ code: 409, error: 'line_may_be_returned_payout' });
    expect(answer.body.details).toEqual({ refundIds });
  };

  test('is no payment of the buyer, while it is paid out and after it has bounced, unless somebody says so', async () => {
    const waiting = await cancelPaid();
    const line = await importLine('12.80', 'returned');
    const { paymentId, refundId } = waiting;
    await isRefused(line, paymentId, [refundId]);
    await tell(refundId, 'paid-out', payer);
    await isRefused(line, paymentId, [refundId]);
    await tell(refundId, 'bounced', payer);
    await stage.pass(MINUTE);
    const [, next] = (await stage.order(buyer, waiting.orderId)).refunds;
    await isRefused(line, paymentId, [refundId, next.id]);
    const { body } = await stage.call(`POST /admin/bank-statement-lines/${line.id}/assign`, {
      token: assigner.token,
      headers: { 'accept-language': 'zh' },
      body: { remittanceCode: waiting.code, acceptsDifference: true, note: 'again' },
    });
    expect([body.error, body.message]).toEqual([
      'line_may_be_returned_payout',
      expect.stringContaining('银行退回的打款'),
    ]);
    const agreed = { paymentId, acceptsDifference: true, isNewMoney: true };
    expect((await assign(line, agreed)).body.data).toMatchObject({ state: 'matched', refundId: null });
    const entry = await stage.db.query
      .selectFrom('audit_entries')
      .select('after_value')
      .where('target_id', '=', line.id)
      .where('action', '=', 'bank_statement_line.assign')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(entry.after_value as string)).toMatchObject({ isNewMoney: true });
    expect((await act(line, 'confirm', confirmer)).status).toBe(200);
    expect(await statesOf(waiting.orderId)).toEqual(['failed', 'sent', 'sent']);
  });

  test('is a payment again once the payout has its line', async () => {
    const paid = await payOut();
    const back = await importLine('12.80', 'returned');
    const second = await importLine('12.80', `second ${paid.code}`);
    await isRefused(second, paid.paymentId, [paid.refundId]);
    await assign(back, { refundId: paid.refundId });
    // As long as nobody has confirmed it, it may still turn out to be the other way round.
    await isRefused(second, paid.paymentId, [paid.refundId]);
    await act(back, 'confirm', confirmer);
    await stage.pass(MINUTE);
    const [, next] = (await stage.order(buyer, paid.orderId)).refunds;
    await isRefused(second, paid.paymentId, [next.id]);
    const credited = await stage.call(`POST /admin/refunds/${next.id}/store-credit`, { token: payer.token });
    expect(credited.status).toBe(200);
    const agreed = { paymentId: paid.paymentId, acceptsDifference: true };
    expect((await assign(second, agreed)).status).toBe(200);
  });

  test('of another amount is none of its business', async () => {
    const paid = await payOut();
    const line = await importLine('12.79', `more ${paid.code}`);
    expect((await assign(line, { paymentId: paid.paymentId, acceptsDifference: true })).status).toBe(200);
  });

  test('that its code has matched to another attempt is not confirmed before somebody says what it is', async () => {
    const order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
    const { paymentId, parameters } = await stage.open(buyer, order.id, 'bank_transfer');
    const line = await importLine('12.80', parameters.remittanceCode as string);
    expect(line).toMatchObject({ state: 'matched', paymentId });
    const { refundId } = await payOut();
    const set = { purpose_type: 'order', purpose_id: order.id };
    const before = await stage.db.query
      .selectFrom('refunds')
      .select(['purpose_type', 'purpose_id'])
      .where('id', '=', refundId)
      .executeTakeFirstOrThrow();
    const move = (purpose: typeof set | typeof before) =>
      stage.db.tx('test.move', (tx) =>
        tx.query.updateTable('refunds').set(purpose).where('id', '=', refundId).execute(),
      );
    await move(set);
    const refused = await act(line, 'confirm', confirmer);
    await act(line, 'unassign', assigner, { note: 'look again' });
    await assign(line, { paymentId, isNewMoney: true });
    const confirmed = await act(line, 'confirm', confirmer);
    await move(before);
    expect(codeOf(refused)).toBe('line_may_be_returned_payout');
    expect(confirmed.status).toBe(200);
  });
});

describe('the doctor', () => {
  const broken = async () => {
    const { violations } = await runDoctor(stage.db, stage.clock);
    return violations.map(({ invariant, subject }) => `${invariant} ${subject}`);
  };

  test('finds a link that is not what its line says', async () => {
    const { refundId } = await payOut();
    const other = await payOut();
    const line = await importLine('12.80', 'our money');
    await assign(line, { refundId });
    await act(line, 'confirm', confirmer);
    const link = (set: { refund_id?: string; line_id?: string }) =>
      stage.db.tx('test.break', (tx) =>
        tx.query
          .updateTable('bank_statement_returns')
          .set(set)
          .where((where) => where.or([where('line_id', '=', line.id), where('line_id', '=', 'bsl_none')]))
          .execute(),
      );
    await link({ refund_id: other.refundId });
    expect(await broken()).toEqual([`I6 ${line.id}`]);
    await link({ refund_id: refundId, line_id: 'bsl_none' });
    expect((await broken()).sort()).toEqual(['I6 bsl_none', `I6 ${line.id}`].sort());
    await link({ line_id: line.id });
    expect(await broken()).toEqual([]);
  });

  test('is not needed for what the database refuses: a second line, a second refund', async () => {
    const insert = (refundId: string, lineId: string) =>
      stage.db.tx('test.claim', (tx) =>
        tx.insertOnce('bank_statement_returns', {
          ...{ refund_id: refundId, line_id: lineId, created_at: tx.now },
        }),
      );
    const { refundId } = await payOut();
    const line = await importLine('12.80', 'our money');
    await assign(line, { refundId });
    expect(await insert(refundId, 'bsl_other')).toBe(false);
    expect(await insert('ref_other', line.id)).toBe(false);
  });
});
