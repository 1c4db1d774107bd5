import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../../test/harness/api.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { systemActor } from '../../../kernel/actor.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../kernel/clock.ts';
import { listOpen } from '../../alerts/index.ts';
import type { Purpose } from '../purpose.ts';
import type { RefundOrigin } from './refund.ts';

const permissions = ['refunds.write', 'payments.read'];
const tokenFor = (userId: string) => tokenOf({ userId, kind: 'staff', permissions });
const anna = tokenFor('usr_anna');
const bela = tokenFor('usr_bela');

describe('refunds that a person pays', () => {
  let bench: PaymentsBench;

  beforeAll(async () => {
    bench = await openPaymentsBench();
  });

  beforeEach(() => {
    bench.gateway.refundsAreInstant = true;
    bench.gateway.refundsAreByHand = false;
    bench.gateway.calls.length = 0;
  });

  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });

  afterAll(() => bench.closeBench());

  const refundOf = ({ id }: Purpose) =>
    bench.db.query.selectFrom('refunds').selectAll().where('purpose_id', '=', id).executeTakeFirstOrThrow();

  const balanceOf = async (account: string) => {
    const rows = await bench.db.query
      .selectFrom('ledger_entries')
      .select('amount')
      .where('account', '=', account)
      .execute();
    return rows.reduce((sum, { amount }) => sum + amount, 0);
  };

  const reserve = (purpose: Purpose, origin: Exclude<RefundOrigin, 'provider'> = 'cancel') =>
    bench.db.tx('test.refund', (tx) =>
      bench.payments.reserveRefund(tx, {
        ...{ purpose, amount: 'all', reason: 'damaged', origin },
        by: systemActor('test'),
      }),
    );

  const post = (path: string, token: string, body?: object) =>
    bench.api.call(`POST ${path}`, { token, ...(body !== undefined && { body }) });

  const payOut = (id: string, token: string, reference = 'slip 7') =>
    post(`/admin/refunds/${id}/paid-out`, token, { reference });

  test('one that its provider leaves to people waits for one, and nobody asks for it', async () => {
    bench.gateway.refundsAreByHand = true;
    const { purpose } = await bench.buy();
    await reserve(purpose);
    await bench.drain(3 * HOUR_MS);
    const refund = await refundOf(purpose);
    expect(refund).toMatchObject({ status: 'sent', by_hand: 1, failure: 'by_hand' });
    expect(bench.gateway.calls.filter((call) => call.includes(refund.id))).toEqual([`refund ${refund.id}`]);
    expect(await listOpen(bench.db, [refund.id])).toMatchObject([{ kind: 'refund_by_hand' }]);
    expect((await payOut(refund.id, anna)).status).toBe(200);
    expect(await refundOf(purpose)).toMatchObject({
      ...{ status: 'succeeded', paid_out_by: 'usr_anna', paid_out_reference: 'slip 7', paid_from: 'payouts' },
    });
    expect(await listOpen(bench.db, [refund.id])).toEqual([]);
    expect(await bench.purchase(purpose)).toMatchObject({ refund_done: 10_000, refund_under_way: 0 });
  });

  test('beyond the age that its provider allows, staff may pay it, and only somebody else may confirm that', async () => {
    const { paymentId, purpose } = await bench.buy();
    bench.clock.advance(366 * DAY_MS);
    const path = `/admin/payments/${paymentId}/refunds`;
    const refused = await post(path, anna, { reason: 'late' });
    expect(refused).toMatchObject({ status: 409, body: { error: 'refund_too_late' } });
    expect((await post(path, anna, { reason: 'late', byHand: true })).status).toBe(201);
    await bench.drain();
    const { id } = await refundOf(purpose);
    expect(bench.gateway.calls.filter((call) => call.startsWith('refund'))).toEqual([]);
    const before = await balanceOf('payouts:CNY');
    expect(await payOut(id, anna)).toMatchObject({ status: 409, body: { error: 'second_person_required' } });
    const answers = await Promise.all([payOut(id, bela, 'a'), payOut(id, bela, 'b'), payOut(id, anna, 'c')]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await balanceOf('payouts:CNY')) - before).toBe(-10_000);
    expect(await payOut(id, bela)).toMatchObject({ status: 409, body: { error: 'refund_not_by_hand' } });
  });

  test('what is owed goes to a person by itself where its provider is no longer able', async () => {
    const { purpose } = await bench.buy();
    bench.clock.advance(366 * DAY_MS);
    await reserve(purpose);
    await bench.drain(HOUR_MS);
    expect(await refundOf(purpose)).toMatchObject({ status: 'sent', by_hand: 1 });
    expect(bench.gateway.calls.filter((call) => call.startsWith('refund'))).toEqual([]);
  });

  async function abnormal(): Promise<{ purpose: Purpose; id: string }> {
    bench.gateway.refundsAreInstant = false;
    const { purpose } = await bench.buy();
    const { refundIds } = await reserve(purpose);
    const [id] = refundIds as [string];
    await bench.drain();
    bench.gateway.refunds.get(id)!.state = 'abnormal';
    await bench.drain(2 * MINUTE_MS);
    expect(await refundOf(purpose)).toMatchObject({ status: 'abnormal' });
    return { purpose, id };
  }

  test('one that its provider could not return is finished there, and the card is written down nowhere', async () => {
    const { purpose, id } = await abnormal();
    const card = { bankType: 'ICBC_DEBIT', holderName: '小明', number: '6222020000000001' };
    const body = { to: 'payer_card', card };
    const answer = await post(`/admin/refunds/${id}/finish-abnormal`, anna, body);
    expect(answer.body.data).toMatchObject({ status: 'succeeded' });
    expect(await refundOf(purpose)).toMatchObject({ status: 'succeeded', paid_from: null });
    const audit = await bench.db.query.selectFrom('audit_entries').selectAll().execute();
    expect(JSON.stringify(audit)).not.toContain(card.number);
    const again = await post(`/admin/refunds/${id}/finish-abnormal`, anna, { to: 'merchant_account' });
    expect(again).toMatchObject({ status: 409, body: { error: 'refund_not_finishable' } });
  });

  test('a refusal to finish it is no failure of the refund', async () => {
    const { purpose, id } = await abnormal();
    const reason = { code: 'PARAM_ERROR', message: 'no such bank' };
    bench.gateway.fail('finishAbnormalRefund', { answer: { outcome: 'failed', reason } });
    const answer = await post(`/admin/refunds/${id}/finish-abnormal`, anna, { to: 'merchant_account' });
    expect(answer).toMatchObject({ status: 409, body: { error: 'refund_not_accepted' } });
    expect(JSON.stringify(answer.body)).not.toContain('no such bank');
    await bench.drain();
    expect(await refundOf(purpose)).toMatchObject({ id, status: 'abnormal' });
  });

  test('whoever takes it out of its provider’s hands can not confirm it; what the provider pays too is told', async () => {
    const { purpose, id } = await abnormal();
    expect((await post(`/admin/refunds/${id}/by-hand`, anna)).body.data).toMatchObject({ isByHand: true });
    bench.gateway.calls.length = 0;
    await bench.drain(DAY_MS);
    expect(bench.gateway.calls.filter((call) => call.includes(id))).toEqual([]);
    expect(await payOut(id, anna)).toMatchObject({ body: { error: 'second_person_required' } });
    expect((await payOut(id, bela)).status).toBe(200);
    const facts = {
      ...{ amount: { amount: 10_000, currency: 'CNY' }, paymentId: (await refundOf(purpose)).payment_id },
      ...{ merchantAccount: null, providerRefundId: `50${id}`, finishedAt: null },
    };
    const result = { outcome: 'succeeded', facts } as const;
    const subject = { type: 'refund', refundId: id, paymentId: facts.paymentId, result } as const;
    expect(await bench.notify({ eventId: `evt_twice_${id}`, subject })).toBe(200);
    const rows = await bench.db.query
      .selectFrom('refunds')
      .selectAll()
      .where('purpose_id', '=', purpose.id)
      .orderBy('id')
      .execute();
    expect(rows.map(({ origin, status }) => ({ origin, status }))).toEqual([
      { origin: 'cancel', status: 'succeeded' },
      { origin: 'provider', status: 'succeeded' },
    ]);
    expect(await listOpen(bench.db, [rows[1]!.id])).toMatchObject([{ kind: 'refund_by_provider' }]);
  });

  test('what is at its provider now can not be paid by hand as well', async () => {
    bench.gateway.refundsAreInstant = false;
    const { purpose } = await bench.buy();
    await reserve(purpose);
    await bench.drain();
    const { id } = await refundOf(purpose);
    const answer = await post(`/admin/refunds/${id}/by-hand`, anna);
    expect(answer).toMatchObject({ status: 409, body: { error: 'illegal_transition' } });
  });
});
