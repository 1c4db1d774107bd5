import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenOf } from '../../../test/harness/api.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../test/harness/payments.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { createWorker } from '../../kernel/jobs/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';

const buyer = tokenOf({ userId: 'usr_buyer' });
const stranger = tokenOf({ userId: 'usr_stranger' });
const reader = tokenOf({ userId: 'usr_reader', kind: 'staff', permissions: ['payments.read'] });
const staff = tokenOf({ userId: 'usr_staff', kind: 'staff', permissions: ['*'] });

describe('the routes of payments', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  afterAll(() => bench.closeBench());
  const auditOf = (targetId: string) =>
    bench.db.query.selectFrom('audit_entries').selectAll().where('target_id', '=', targetId).execute();

  test('a customer sees the own payment, brought up to date, and nobody sees another one', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.pay(paymentId);
    const own = await bench.api.call(`GET /payments/${paymentId}`, { token: buyer });
    expect(own.body.data).toMatchObject({
      id: paymentId,
      status: 'succeeded',
      amount: 10_000,
      currency: 'CNY',
    });
    expect(own.body.data).not.toHaveProperty('openid');
    expect((await bench.api.call(`GET /payments/${paymentId}`, { token: stranger })).status).toBe(404);
    expect((await bench.api.call(`GET /payments/${paymentId}`)).status).toBe(401);
  });

  test('staff refunds a payment in part, once for each key, and the rest', async () => {
    const { purpose, paymentId } = await bench.buy();
    const route = `POST /admin/payments/${paymentId}/refunds`;
    const body = { amount: 2_500, reason: 'damaged' };
    const headers = { 'idempotency-key': `refund-${purpose.id}` };
    const [first, second] = [
      await bench.api.call(route, { token: staff, body, headers }),
      await bench.api.call(route, { token: staff, body, headers }),
    ];
    expect(first.status).toBe(201);
    expect(first.body.data.refunds).toMatchObject([{ amount: 2_500, status: 'reserved', origin: 'staff' }]);
    expect(second.body.data).toEqual(first.body.data);
    expect(await auditOf(paymentId)).toMatchObject([{ action: 'refund.create', actor_id: 'usr_staff' }]);
    const rest = await bench.api.call(route, { token: staff, body: { reason: 'the rest' } });
    expect(rest.body.data.refunds).toMatchObject([{ amount: 7_500 }]);
    const more = await bench.api.call(route, { token: staff, body: { reason: 'more' } });
    expect(more.body).toMatchObject({ code: 409, error: 'refund_exceeds_captured' });
  });

  test.each([
    [{ amount: 0, reason: 'x' }, 'amount'],
    [{ amount: 1.5, reason: 'x' }, 'amount'],
    [{ amount: '5', reason: 'x' }, 'amount'],
    [{ amount: 5 }, 'reason'],
    [{ amount: 5, reason: 'x'.repeat(81) }, 'reason'],
    [{ reason: 'x', currency: 'CNY' }, 'currency'],
  ])('a refund with %j is refused with the field at fault', async (body, field) => {
    const { paymentId } = await bench.buy();
    const answer = await bench.api.call(`POST /admin/payments/${paymentId}/refunds`, { token: staff, body });
    expect(answer.body).toMatchObject({ code: 400, error: 'invalid_request' });
    expect(JSON.stringify(answer.body.errors)).toContain(field);
  });

  test('only those who may refund do, and only what exists', async () => {
    const { paymentId } = await bench.buy();
    const call = (token: string, id: string) =>
      bench.api.call(`POST /admin/payments/${id}/refunds`, { token, body: { reason: 'x' } });
    expect((await call(reader, paymentId)).status).toBe(403);
    expect((await call(buyer, paymentId)).status).toBe(403);
    expect((await call(staff, 'pay_none')).status).toBe(404);
  });

  test('the lists page by cursor without loss or repetition', async () => {
    for (let n = 0; n < 5; n += 1) {
      await bench.buy();
      bench.clock.advance(n % 2);
    }
    const all = await bench.api.call('GET /admin/payments?limit=100&status=succeeded', { token: reader });
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await bench.api.call(
        `GET /admin/payments?limit=2&status=succeeded${cursor && `&cursor=${cursor}`}`,
        { token: reader },
      );
      seen.push(...page.body.data.items.map(({ id }: { id: string }) => id));
      if (page.body.data.pagination.nextCursor === undefined) {
        break;
      }
      cursor = page.body.data.pagination.nextCursor;
    }
    expect(seen).toEqual(all.body.data.items.map(({ id }: { id: string }) => id));
    expect((await bench.api.call('GET /admin/payments?cursor=bad', { token: reader })).status).toBe(400);
    expect((await bench.api.call('GET /admin/payments?status=lost', { token: reader })).status).toBe(400);
    const refunds = await bench.api.call('GET /admin/refunds?origin=staff&sort=createdAt', { token: reader });
    expect(refunds.body.data.items[0]).toMatchObject({ origin: 'staff', provider: 'fake_pay' });
  });

  test('a payment shows its captures, refunds and history to staff', async () => {
    const { paymentId } = await bench.buy();
    await bench.api.call(`POST /admin/payments/${paymentId}/refunds`, {
      token: staff,
      body: { reason: 'x' },
    });
    const { body } = await bench.api.call(`GET /admin/payments/${paymentId}`, { token: reader });
    expect(body.data).toMatchObject({
      id: paymentId,
      customerId: 'usr_buyer',
      captures: [{ amount: 10_000, refundReserved: 10_000 }],
      refunds: [{ status: 'reserved' }],
    });
    const steps = body.data.history.map(
      ({ entity, to }: { entity: string; to: string }) => `${entity} ${to}`,
    );
    expect(steps).toEqual(
      expect.arrayContaining([
        'payment created',
        'payment pending',
        'payment succeeded',
        'capture succeeded',
      ]),
    );
  });

  test('the quarantine lists, shows and replays a notification, and the log says who did', async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.pay(paymentId);
    const { onSucceeded } = bench.owner;
    Object.assign(bench.owner, { onSucceeded: () => Promise.reject(new Error('no')) });
    expect(await bench.notifyPaid(paymentId)).toBe(500);
    Object.assign(bench.owner, { onSucceeded });
    const list = await bench.api.call(`GET /admin/provider-events?state=stored&subjectId=${paymentId}`, {
      token: reader,
    });
    const [{ id }] = list.body.data.items;
    const shown = await bench.api.call(`GET /admin/provider-events/${id}`, { token: reader });
    expect(shown.body.data).toMatchObject({ state: 'stored', error: 'Error: no', hasRawBody: true });
    expect(JSON.stringify(shown.body.data)).not.toContain('o_payer');
    const route = `POST /admin/provider-events/${id}/replay`;
    expect((await bench.api.call(route, { token: reader })).status).toBe(403);
    const replayed = await bench.api.call(route, { token: staff });
    expect(replayed.body.data).toMatchObject({ state: 'applied', error: null });
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    expect((await bench.api.call(route, { token: staff })).body.error).toBe('event_not_replayable');
    expect(await auditOf(id)).toMatchObject([{ action: 'provider_event.replay', actor_id: 'usr_staff' }]);
    expect((await bench.api.call('GET /admin/provider-events/pev_none', { token: reader })).status).toBe(404);
  });

  test('raw notifications are erased after 180 days, and that they came is kept', async () => {
    await bench.buy();
    const { db, clock, payments } = bench;
    const worker = createWorker({
      db,
      clock,
      log: silentLogger,
      handlers: payments.jobs,
      crons: payments.crons,
    });
    await worker.start();
    await worker.stop();
    clock.advance(179 * DAY_MS);
    await worker.drain();
    const held = await db.query.selectFrom('provider_events').select(['id', 'body']).execute();
    expect(held.every(({ body }) => body !== null)).toBe(true);
    clock.advance(3 * DAY_MS);
    await worker.drain({ clock, until: clock.now() + DAY_MS });
    const left = await db.query.selectFrom('provider_events').select(['id', 'body', 'headers']).execute();
    expect(left).toHaveLength(held.length);
    expect(left.every(({ body, headers }) => body === null && headers === '{}')).toBe(true);
  });

  test('from where and with which device somebody paid is erased after its days, the attempt is kept', async () => {
    const { db, clock, payments } = bench;
    const { paymentId } = await bench.buy();
    await db.tx('test.origin', (tx) =>
      tx.query
        .updateTable('payments')
        .set({ client_ip: '203.0.113.7', device_hash: 'hash of a phone' })
        .where('id', '=', paymentId)
        .execute(),
    );
    const read = () =>
      db.query
        .selectFrom('payments')
        .select(['status', 'version', 'client_ip', 'device_hash'])
        .where('id', '=', paymentId)
        .executeTakeFirstOrThrow();
    const before = await read();
    const worker = createWorker({
      ...{ db, clock, log: silentLogger },
      ...{ handlers: payments.jobs, crons: payments.crons },
    });
    await worker.start();
    await worker.stop();
    clock.advance(179 * DAY_MS);
    await worker.drain();
    expect(await read()).toEqual(before);
    clock.advance(2 * DAY_MS);
    await worker.drain({ clock, until: clock.now() + DAY_MS });
    expect(await read()).toEqual({ ...before, client_ip: null, device_hash: null });
  });
});
