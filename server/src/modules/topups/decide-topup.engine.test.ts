import { describe, expect, test } from 'vitest';
import { DELIVERED, LOST, REFUSED } from '../../../test/harness/fake-operator.ts';
import { STAFF, strayRun, type TopupShop } from '../../../test/harness/topup-shop.ts';
import { topupShopOfTests } from '../../../test/harness/topup-shop-of-tests.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { DeliveryResult } from '../../operators/operator.ts';
import { resolveAlert } from '../alerts/index.ts';

let shop: TopupShop;
const take = (opened: TopupShop) => {
  shop = opened;
};

/** A top-up that nobody knows the outcome of. */
async function buyUnknown(): Promise<string> {
  const id = await shop.buy();
  shop.operator.answer(LOST);
  await shop.drain();
  return id;
}

const decide = (id: string, outcome: string, token = STAFF) =>
  shop.api.call(`POST /admin/topups/${id}/decide`, {
    token,
    body: { outcome, reason: 'asked the operator' },
  });

async function auditOf(id: string) {
  const rows = await shop.db.query
    .selectFrom('audit_entries')
    .selectAll()
    .where('target_id', '=', id)
    .execute();
  return rows.map(({ action, actor_id: actor }) => `${action} ${actor}`);
}

describe('what staff decides', () => {
  topupShopOfTests(take, { hasAutoRefund: false });

  test('a top-up that was delivered after all completes its order', async () => {
    const id = await buyUnknown();
    const answer = await decide(id, 'delivered');
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: { rechargeStatus: 'fulfilled', decision: 'delivered', decisionReason: 'asked the operator' },
      },
    });
    expect(await shop.standing(id)).toMatchObject({ status: 'completed', payment: 'paid' });
    expect(await shop.alertsOf(id)).toEqual([]);
    expect(await auditOf(id)).toEqual(['topup.decide usr_clerk']);
  });

  test('a top-up that was not is refunded by itself, whatever the setting for refusals says', async () => {
    const id = await buyUnknown();
    expect((await decide(id, 'failed')).status).toBe(200);
    await shop.drain(DAY_MS);
    expect(await shop.standing(id)).toMatchObject({
      ...{ status: 'cancelled', payment: 'refunded', fulfilment: 'cancelled' },
    });
    expect(shop.operator.sendsOf(id)).toBe(1);
  });

  test('only what is unknown is decided, and once', async () => {
    const id = await shop.buy();
    expect(await decide(id, 'failed')).toMatchObject({ status: 409, body: { error: 'topup_not_undecided' } });
    await shop.drain();
    expect((await decide(id, 'failed')).status).toBe(409);
    const unknown = await buyUnknown();
    const answers = await Promise.all([decide(unknown, 'delivered'), decide(unknown, 'failed')]);
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]));
    const again = await Promise.all([decide(unknown, 'delivered'), decide(unknown, 'failed')]);
    expect(again.map(({ status }) => status)).toEqual(answers.map(({ status }) => status));
    expect(await auditOf(unknown)).toHaveLength(1);
    expect((await decide('top_none', 'failed')).status).toBe(404);
  });

  test('what the sender hears after a person has said otherwise moves nothing, and is told', async () => {
    for (const [decision, late] of [
      ['failed', DELIVERED],
      ['delivered', REFUSED],
    ] as const) {
      const id = await shop.buy();
      const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
      shop.operator.answer(promise);
      const claimant = strayRun(shop.another(), 'topup.send', id);
      await expect.poll(() => shop.operator.sendsOf(id)).toBe(1);
      await shop.drain(MINUTE_MS);
      await decide(id, decision);
      const before = await shop.standing(id);
      resolve(late);
      await claimant;
      const after = await shop.standing(id);
      expect([after.status, after.fulfilment]).toEqual([before.status, before.fulfilment]);
      expect(after.topup.result).toBe(late.outcome);
      expect(await shop.alertsOf(id)).toEqual(['topup_contradicted']);
      await shop.drain(DAY_MS);
    }
  });

  test('a refusal waits for staff where refunds do not begin by themselves', async () => {
    const id = await shop.buy();
    shop.operator.answer(REFUSED);
    await shop.drain(DAY_MS);
    expect(await shop.standing(id)).toMatchObject({
      ...{ status: 'confirmed', payment: 'paid', fulfilment: 'failed' },
      topup: { awaits_person: 'failed' },
    });
    expect(await shop.alertsOf(id)).toEqual(['topup_failed']);
    const { body } = await shop.api.call('GET /admin/topups/waiting', { token: STAFF });
    expect(body.data.items.map((item: { id: string }) => item.id)).toContain(id);
    const refund = () =>
      shop.api.call(`POST /admin/topups/${id}/refund`, { token: STAFF, body: { reason: 'no deposit left' } });
    expect((await refund()).status).toBe(200);
    expect(await refund()).toMatchObject({ status: 409, body: { error: 'topup_not_failed' } });
    await shop.drain(DAY_MS);
    expect(await shop.standing(id)).toMatchObject({ payment: 'refunded', topup: { awaits_person: null } });
    expect(await shop.alertsOf(id)).toEqual([]);
    expect(await auditOf(id)).toEqual(['topup.refund usr_clerk']);
    expect(shop.operator.sendsOf(id)).toBe(1);
  });

  test('money that was returned by cancelling the order ends the waiting at the next report', async () => {
    const id = await shop.buy();
    shop.operator.answer(REFUSED);
    await shop.drain();
    const { topup } = await shop.standing(id);
    await shop.orders.cancelOrder({
      ...{ orderId: topup.order_id, reason: 'by hand', customerId: null },
      by: { type: 'staff', id: 'usr_other' },
    });
    await shop.runCron('topup.report');
    expect(await shop.alertsOf(id)).toEqual([]);
    expect(await shop.standing(id)).toMatchObject({ topup: { awaits_person: null } });
    await shop.drain(DAY_MS);
  });

  test('the unknown ones come first, and an alert that was resolved too early is raised again', async () => {
    const failed = await shop.buy();
    shop.operator.answer(REFUSED);
    await shop.drain();
    const unknown = await buyUnknown();
    const { body } = await shop.api.call('GET /admin/topups/waiting', { token: STAFF });
    const ids = body.data.items.map((item: { id: string }) => item.id);
    expect(ids.indexOf(unknown)).toBeLessThan(ids.indexOf(failed));
    const by = { type: 'staff', id: 'usr_hasty' } as const;
    await shop.db.tx('test.resolve', (tx) =>
      resolveAlert(tx, { kind: 'topup_unknown', subject: unknown, by }),
    );
    expect(await shop.alertsOf(unknown)).toEqual([]);
    await shop.runCron('topup.report');
    expect(await shop.alertsOf(unknown)).toEqual(['topup_unknown']);
    await shop.runCron('topup.report');
    const [alert] = await shop.db.query
      .selectFrom('alerts')
      .select('occurrences')
      .where('subject', '=', unknown)
      .where('state', '=', 'open')
      .execute();
    expect(alert?.occurrences).toBe(1);
  });
});

describe('an operator that can be asked', () => {
  topupShopOfTests(take, { isQueryable: true });

  test.each([
    [DELIVERED, 'fulfilled'],
    [REFUSED, 'cancelled'],
  ] as const)('is asked until it knows (%o)', async (known, fulfilment) => {
    const id = await buyUnknown();
    await shop.drain(5 * MINUTE_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'unknown' });
    shop.operator.answerQuery(known as Exclude<DeliveryResult, { outcome: 'not_sent' }>);
    await shop.drain(DAY_MS);
    expect(await shop.standing(id)).toMatchObject({ fulfilment });
    expect(await shop.alertsOf(id)).toEqual([]);
    expect(shop.operator.sendsOf(id)).toBe(1);
  });

  test('is left alone after three days, and a person decides', async () => {
    const id = await buyUnknown();
    await shop.drain(4 * DAY_MS);
    const asked = shop.operator.questions.length;
    await shop.drain(DAY_MS);
    expect(shop.operator.questions.length).toBe(asked);
    expect(asked).toBeLessThan(4 * 24 + 20);
    expect(await shop.standing(id)).toMatchObject({ fulfilment: 'unknown' });
    expect((await decide(id, 'delivered')).status).toBe(200);
  });

  test('is not asked about what a person has decided', async () => {
    const id = await buyUnknown();
    await decide(id, 'delivered');
    const asked = shop.operator.questions.length;
    await shop.drain(2 * HOUR_MS);
    expect(shop.operator.questions.length).toBe(asked);
  });
});
