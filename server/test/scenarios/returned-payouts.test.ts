/** A payout by hand comes back to the shop's bank account: its line is that bounce, once. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, openPayoutDesk, type PayoutDesk } from './payout-desk.ts';

let desk: PayoutDesk;

beforeAll(async () => {
  desk = await openPayoutDesk();
});

afterEach(() => desk.stage.expectSound());

afterAll(() => desk.stage.close());

const capturesOf = (paymentId: string) =>
  desk.stage.db.query.selectFrom('captures').select('id').where('payment_id', '=', paymentId).execute();

describe('a line that is a payout which came back', () => {
  test('is the bounce once another person has confirmed it, and neither of the two confirms the next payout', async () => {
    const { orderId, refundId, paymentId, code } = await desk.payOut();
    const line = await desk.importLine('12.80', `returned ${code}`);
    const assigned = await desk.assign(line, { refundId });
    expect(assigned.body.data).toMatchObject({ state: 'matched', refundId, paymentId, reason: null });
    expect(await desk.statesOf(orderId)).toEqual(['succeeded']);
    expect(codeOf(await desk.act(line, 'confirm', desk.assigner))).toBe('second_person_required');
    expect(codeOf(await desk.act(line, 'confirm', desk.importer))).toBe('second_person_required');
    const confirmed = await desk.act(line, 'confirm', desk.confirmer);
    expect(confirmed.body.data).toMatchObject({
      state: 'payout_returned',
      confirmedBy: desk.confirmer.userId,
    });
    expect(await desk.statesOf(orderId)).toEqual(['failed', 'sent']);
    expect(await capturesOf(paymentId)).toHaveLength(1);
    const [, next] = await desk.refundsOf(orderId);
    for (const teller of [desk.assigner, desk.confirmer]) {
      expect(codeOf(await desk.tell(next.id, 'paid-out', teller))).toBe('second_person_required');
    }
    expect((await desk.tell(next.id, 'paid-out', desk.payer)).status).toBe(200);
    const audit = await desk.stage.db.query
      .selectFrom('audit_entries')
      .select(['action', 'actor_id'])
      .where('target_id', 'in', [line.id, refundId])
      .where('action', 'in', ['refund.bounced', 'bank_statement_line.confirm'])
      .orderBy('action')
      .execute();
    expect(audit.map(({ action, actor_id: by }) => [action, by])).toEqual([
      ['bank_statement_line.confirm', desk.confirmer.userId],
      ['refund.bounced', desk.confirmer.userId],
    ]);
  });

  test('of a bounce that was told before is linked, and nothing bounces again', async () => {
    const { orderId, refundId } = await desk.payOut();
    expect((await desk.tell(refundId, 'bounced', desk.payer)).status).toBe(200);
    const line = await desk.importLine('12.80', 'our money');
    expect((await desk.assign(line, { refundId })).status).toBe(200);
    expect((await desk.act(line, 'confirm', desk.confirmer)).body.data).toMatchObject({
      state: 'payout_returned',
    });
    expect(await desk.statesOf(orderId)).toEqual(['failed', 'sent']);
    expect(await desk.refundsOf(orderId)).toHaveLength(2);
  });

  test('and its bounce told at the same moment are one bounce, whoever is quicker', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { orderId, refundId } = await desk.payOut();
      const line = await desk.importLine('12.80', 'our money');
      await desk.assign(line, { refundId });
      const [confirmed, ...told] = await Promise.all([
        desk.act(line, 'confirm', desk.confirmer),
        desk.tell(refundId, 'bounced', desk.payer),
        desk.tell(refundId, 'bounced', desk.importer),
      ]);
      expect(confirmed.body.data).toMatchObject({ state: 'payout_returned' });
      expect(told.filter(({ status }) => status === 200).length).toBeLessThan(2);
      expect(await desk.statesOf(orderId)).toEqual(['failed', 'sent']);
    }
  });

  test('bounces once when several confirm it, and stands for one refund when several assign it', async () => {
    const one = await desk.payOut();
    const two = await desk.payOut();
    const line = await desk.importLine('12.80', 'our money');
    const assigned = await Promise.all([
      desk.assign(line, { refundId: one.refundId }),
      desk.assign(line, { refundId: two.refundId }, desk.payer),
      desk.assign(
        line,
        { paymentId: two.paymentId, isNewMoney: true, acceptsDifference: true },
        desk.importer,
      ),
    ]);
    expect(assigned.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    await desk.act(line, 'unassign', desk.assigner, { note: 'anew' });
    expect((await desk.assign(line, { refundId: one.refundId })).status).toBe(200);
    const others = [desk.confirmer, desk.payer, await desk.newPerson()];
    const confirmed = await Promise.all(others.map((other) => desk.act(line, 'confirm', other)));
    expect(confirmed.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(await desk.statesOf(one.orderId)).toEqual(['failed', 'sent']);
    expect(await desk.statesOf(two.orderId)).toEqual(['succeeded']);
  });

  test('is the only one of its refund, until its match is taken back', async () => {
    const { refundId, orderId } = await desk.payOut();
    const lines = [
      await desk.importLine('12.80', 'our money'),
      await desk.importLine('12.80', 'our money too'),
    ];
    const answers = await Promise.all(lines.map((line) => desk.assign(line, { refundId })));
    expect(new Set(answers.map(codeOf))).toEqual(new Set([200, 'line_does_not_fit']));
    const loser = answers.find(({ status }) => status === 409);
    expect(loser?.body.details).toEqual({ reason: 'duplicate' });
    const [first, second] = answers[0]?.status === 200 ? lines : lines.toReversed();
    const undone = await desk.act(first, 'unassign', desk.assigner, { note: 'the other one' });
    expect(undone.body.data).toMatchObject({ state: 'unmatched', refundId: null, paymentId: null });
    expect((await desk.assign(second, { refundId })).status).toBe(200);
    expect((await desk.act(second, 'confirm', desk.confirmer)).status).toBe(200);
    expect(codeOf(await desk.assign(first, { refundId }))).toBe('line_does_not_fit');
    expect(codeOf(await desk.act(second, 'request-reversal', desk.assigner, { note: 'gone' }))).toBe(
      'illegal_transition',
    );
    expect(await desk.statesOf(orderId)).toEqual(['failed', 'sent']);
  });

  test('fits its refund exactly, and the refund was paid by a person', async () => {
    const waiting = await desk.cancelPaid();
    const line = await desk.importLine('12.80', 'our money');
    expect(codeOf(await desk.assign(line, { refundId: waiting.refundId }))).toBe('refund_not_paid_out');
    expect(codeOf(await desk.assign(line, { refundId: 'ref_none' }))).toBe('not_found');
    await desk.tell(waiting.refundId, 'paid-out', desk.payer);
    for (const [amount, reason] of [
      ['12.79', 'short'],
      ['12.81', 'over'],
      ['-12.80', 'outgoing'],
    ] as const) {
      const answer = await desk.assign(await desk.importLine(amount, 'other money'), {
        refundId: waiting.refundId,
      });
      expect(answer.body).toMatchObject({ error: 'line_does_not_fit', details: { reason } });
    }
    const contradiction = await desk.assign(line, { refundId: waiting.refundId, isNewMoney: true });
    expect(contradiction.status).toBe(400);
    const twofold = await desk.assign(line, { refundId: waiting.refundId, paymentId: waiting.paymentId });
    expect(twofold.status).toBe(400);
  });

  test('has told of the bounce: nobody else can tell of it again', async () => {
    const { orderId, refundId } = await desk.payOut();
    const line = await desk.importLine('12.80', 'our money');
    await desk.assign(line, { refundId });
    await desk.act(line, 'confirm', desk.confirmer);
    expect(codeOf(await desk.tell(refundId, 'bounced', desk.payer))).toBe('refund_not_paid_out');
    expect(await desk.statesOf(orderId)).toEqual(['failed', 'sent']);
  });
});
