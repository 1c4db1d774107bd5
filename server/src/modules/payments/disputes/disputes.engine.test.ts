import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../../test/harness/api.ts';
import { MERCHANT } from '../../../../test/harness/fake-gateway.ts';
import { CLERK, openShop, type Shop } from '../../../../test/harness/shop.ts';
import type { DisputeFacts, DisputeMovement, DisputeStage } from '../../../gateways/gateway.ts';
import { DAY_MS, HOUR_MS } from '../../../kernel/clock.ts';
import { randomCode } from '../../../kernel/ids.ts';
import { listOpen } from '../../alerts/index.ts';
import type { OrderRow } from '../../orders/index.ts';

const staff = tokenOf({
  userId: 'usr_clerk',
  kind: 'staff',
  permissions: ['payments.read', 'payments.write'],
});

describe('disputes', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
  });

  afterEach(async () => {
    expect(await shop.violations()).toEqual([]);
  });

  afterAll(() => shop.close());

  function factsOf(order: OrderRow, changes: Partial<DisputeFacts> = {}): DisputeFacts {
    return {
      disputeId: `dp_${order.id}`,
      merchantAccount: MERCHANT,
      paymentId: order.payment_id,
      captureTransactionId: null,
      stage: 'needs_response',
      reason: 'fraudulent',
      amount: { amount: order.total, currency: order.currency },
      evidenceDueAt: shop.clock.now() + 7 * DAY_MS,
      openedAt: shop.clock.now(),
      movements: [],
      ...changes,
    };
  }

  const movement = (order: OrderRow, type: DisputeMovement['type'], fee = 0): DisputeMovement => ({
    id: `txn_${type}_${order.id}`,
    type,
    amount: { amount: order.total, currency: order.currency },
    fee,
    movedAt: shop.clock.now(),
  });

  async function notify(facts: DisputeFacts, eventId = `evt_${randomCode(8)}`): Promise<number> {
    const body = { eventId, subject: { type: 'dispute', facts } };
    const headers = { 'content-type': 'application/json' };
    return (await shop.api.call('POST /payments/notify/fake_pay', { body, headers })).status;
  }

  const disputeOf = ({ id }: OrderRow) =>
    shop.db.query.selectFrom('disputes').selectAll().where('purpose_id', '=', id).executeTakeFirstOrThrow();

  const captureOf = ({ id }: OrderRow) =>
    shop.db.query.selectFrom('captures').selectAll().where('purpose_id', '=', id).executeTakeFirstOrThrow();

  const transfersOf = async ({ id }: OrderRow) =>
    (
      await shop.db.query
        .selectFrom('ledger_transfers')
        .select('cause')
        .where('purpose_id', '=', id)
        .where('cause', 'like', 'dispute_movement:%')
        .execute()
    ).length;

  test('one that is opened takes its money once, stands on the order and waits with its date', async () => {
    const order = await shop.newPaidOrder();
    const facts = factsOf(order, { movements: [movement(order, 'withdrawn', 1_500)] });
    shop.gateway.disputes.set(facts.disputeId, facts);
    expect(await Promise.all([notify(facts), notify(facts), notify(facts)])).toEqual([200, 200, 200]);
    await shop.drain();
    const dispute = await disputeOf(order);
    expect(dispute).toMatchObject({ status: 'needs_response', held_amount: order.total });
    expect(await transfersOf(order)).toBe(1);
    expect(await captureOf(order)).toMatchObject({ external_refunded: order.total, refund_reserved: 0 });
    expect(await shop.read(order.id)).toMatchObject({ dispute_status: 'needs_response' });
    const alerts = await listOpen(shop.db, [dispute.id]);
    expect(alerts).toMatchObject([{ kind: 'payment_disputed' }]);
    const dueAt = new Date(facts.evidenceDueAt as number).toISOString();
    expect(JSON.stringify(alerts)).toContain(dueAt);
  });

  test('what a dispute holds can not be refunded as well', async () => {
    const order = await shop.newPaidOrder();
    await notify(factsOf(order, { movements: [movement(order, 'withdrawn')] }));
    const reserving = shop.db.tx('test.refund', (tx) =>
      shop.payments.reserveRefund(tx, {
        purpose: { type: 'order', id: order.id },
        amount: { amount: 1, currency: 'CNY' },
        reason: null,
        by: CLERK,
        origin: 'staff',
      }),
    );
    await expect(reserving).rejects.toMatchObject({ code: 'refund_exceeds_captured' });
  });

  test('late notifications take nothing back, and money that came back first is not counted below zero', async () => {
    const order = await shop.newPaidOrder();
    const returned = movement(order, 'reinstated');
    await notify(factsOf(order, { stage: 'won', movements: [returned] }));
    expect(await captureOf(order)).toMatchObject({ external_refunded: 0 });
    await notify(factsOf(order, { movements: [movement(order, 'withdrawn', 1_500)] }));
    await notify(factsOf(order, { stage: 'under_review' }));
    expect(await disputeOf(order)).toMatchObject({ status: 'won', held_amount: 0 });
    expect(await captureOf(order)).toMatchObject({ external_refunded: 0 });
    expect(await transfersOf(order)).toBe(2);
    expect(await listOpen(shop.db, [(await disputeOf(order)).id])).toEqual([]);
  });

  test('the provider’s own answer is believed, also where it goes back', async () => {
    const order = await shop.newPaidOrder();
    const facts = factsOf(order, { stage: 'lost', movements: [movement(order, 'withdrawn')] });
    await notify(facts);
    const { id } = await disputeOf(order);
    expect(await listOpen(shop.db, [id])).toMatchObject([{ kind: 'dispute_lost' }]);
    const appealed: DisputeFacts = { ...facts, stage: 'under_review' };
    shop.gateway.disputes.set(facts.disputeId, appealed);
    await shop.drain(HOUR_MS);
    expect(await disputeOf(order)).toMatchObject({ status: 'under_review' });
    const won: DisputeFacts = {
      ...appealed,
      stage: 'won',
      movements: [...facts.movements, movement(order, 'reinstated')],
    };
    shop.gateway.disputes.set(facts.disputeId, won);
    await shop.drain(7 * HOUR_MS);
    expect(await disputeOf(order)).toMatchObject({ status: 'won', held_amount: 0 });
    expect(await shop.read(order.id)).toMatchObject({ dispute_status: 'won' });
    expect(await listOpen(shop.db, [id])).toEqual([]);
  });

  test('an order that was cancelled meanwhile gets its money back once the dispute has given it up', async () => {
    const order = await shop.newPaidOrder();
    const facts = factsOf(order, { movements: [movement(order, 'withdrawn')] });
    await notify(facts);
    const request = { orderId: order.id, by: CLERK, reason: '不要了', customerId: null };
    expect(await shop.orders.cancelOrder(request)).toBe('cancelled');
    expect(await shop.violations()).toEqual([]);
    const refunds = () =>
      shop.db.query.selectFrom('refunds').select('amount').where('purpose_id', '=', order.id).execute();
    expect(await refunds()).toEqual([]);
    const movements = [...facts.movements, movement(order, 'reinstated')];
    await notify({ ...facts, stage: 'won', movements });
    expect(await refunds()).toEqual([{ amount: order.total }]);
  });

  test('one about money that we do not know of comes again', async () => {
    const order = await shop.newPaidOrder();
    const facts = factsOf(order, { paymentId: 'pay_nobody', captureTransactionId: '42pay_nobody' });
    expect(await notify(facts)).toBe(500);
    const foreign = factsOf(order, { merchantAccount: '1900000002' });
    expect(await notify(foreign)).toBe(200);
    const rows = await shop.db.query
      .selectFrom('disputes')
      .select('id')
      .where('purpose_id', '=', order.id)
      .execute();
    expect(rows).toEqual([]);
  });

  test('staff sees it with its money and says that it was answered', async () => {
    const order = await shop.newPaidOrder();
    await notify(factsOf(order, { movements: [movement(order, 'withdrawn', 1_500)] }));
    const { id } = await disputeOf(order);
    const list = await shop.api.call(`GET /admin/disputes?status=needs_response&purposeId=${order.id}`, {
      token: staff,
    });
    expect(list.body.data.items).toMatchObject([{ id, amount: order.total, status: 'needs_response' }]);
    const body = { note: 'sent the parcel’s receipt' };
    const answered = await shop.api.call(`POST /admin/disputes/${id}/answered`, { token: staff, body });
    expect(answered.body.data).toMatchObject({
      ...{ note: body.note, answeredBy: 'usr_clerk' },
      movements: [{ type: 'withdrawn', amount: order.total, fee: 1_500 }],
    });
    expect(await listOpen(shop.db, [id])).toEqual([]);
    await notify(factsOf(order, { stage: 'lost' }));
    const late = await shop.api.call(`POST /admin/disputes/${id}/answered`, { token: staff, body });
    expect(late).toMatchObject({ status: 409, body: { error: 'dispute_ended' } });
  });

  test.each(['needs_response', 'under_review', 'won', 'lost', 'withdrawn'] satisfies DisputeStage[])(
    'one that we first hear of as %s begins there',
    async (stage) => {
      const order = await shop.newPaidOrder();
      await notify(factsOf(order, { stage, paymentId: null, captureTransactionId: `42${order.payment_id}` }));
      expect(await disputeOf(order)).toMatchObject({ status: stage });
    },
  );
});
