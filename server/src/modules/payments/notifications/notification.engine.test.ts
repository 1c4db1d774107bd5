import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MERCHANT } from '../../../../test/harness/fake-gateway.ts';
import { openPaymentsBench, type PaymentsBench } from '../../../../test/harness/payments.ts';
import { MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';
import { listOpen } from '../../alerts/index.ts';
import type { Purpose } from '../purpose.ts';

describe('a notification', () => {
  let bench: PaymentsBench;
  beforeAll(async () => {
    bench = await openPaymentsBench();
  });
  afterEach(async () => {
    expect(await bench.violations()).toEqual([]);
  });
  afterAll(() => bench.closeBench());

  const capturesOf = ({ id }: Purpose) =>
    bench.db.query.selectFrom('captures').selectAll().where('purpose_id', '=', id).execute();
  const eventsOf = (paymentId: string) =>
    bench.db.query.selectFrom('provider_events').selectAll().where('subject_id', '=', paymentId).execute();
  const transfersOf = ({ id }: Purpose) =>
    bench.db.query
      .selectFrom('ledger_transfers')
      .selectAll()
      .where('purpose_id', '=', id)
      .orderBy('cause')
      .execute();
  const paidPurchase = async () => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    const facts = bench.gateway.pay(paymentId);
    return { purpose, paymentId, facts };
  };

  test('twenty times at once makes one capture, one transfer and one fulfilment', async () => {
    const { purpose, paymentId } = await paidPurchase();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bench.notifyPaid(paymentId, 'evt_twenty')),
    );
    expect(answers).toEqual(Array(20).fill(200));
    expect(await bench.purchase(purpose)).toMatchObject({ status: 'confirmed', fulfilments: 1 });
    expect(await capturesOf(purpose)).toMatchObject([{ amount: 10_000, surplus_amount: 0 }]);
    expect((await transfersOf(purpose)).map(({ cause }) => cause)).toEqual([
      expect.stringMatching(/^capture:/),
      expect.stringMatching(/^fee:/),
    ]);
    expect(await eventsOf(paymentId)).toMatchObject([{ state: 'applied', event_id: 'evt_twenty' }]);
    expect((await bench.drain()).ran).not.toContain('payment.poll');
  });

  test.each([
    ['by its rate', undefined, 60],
    ['as the provider says', 73, 73],
  ])('books the fee %s', async (_how, fee, booked) => {
    const purpose = await bench.newPurchase();
    const { paymentId } = await bench.start(purpose);
    bench.gateway.pay(paymentId, fee === undefined ? {} : { fee });
    expect(await bench.notifyPaid(paymentId)).toBe(200);
    const [, transfer] = await transfersOf(purpose);
    const entries = await bench.db.query
      .selectFrom('ledger_entries')
      .select(['account', 'amount'])
      .where('transfer_id', '=', transfer?.id ?? '')
      .orderBy('account')
      .execute();
    expect(entries.map(({ amount }) => amount)).toEqual([-booked, booked]);
  });

  test('under twenty different event ids still pays once', async () => {
    const { purpose, paymentId } = await paidPurchase();
    const answers = await Promise.all(Array.from({ length: 20 }, () => bench.notifyPaid(paymentId)));
    expect(answers).toEqual(Array(20).fill(200));
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
    expect(await capturesOf(purpose)).toHaveLength(1);
    expect(await eventsOf(paymentId)).toHaveLength(20);
  });

  test.each([
    ['amount', { amount: { amount: 9_999, currency: 'CNY' } }],
    ['currency', { amount: { amount: 10_000, currency: 'USD' } }],
    ['merchant', { merchantAccount: '1900000099' }],
    ['app', { appId: 'wx_other' }],
  ])(
    'with another %s is quarantined, acknowledged and asked about, and changes nothing',
    async (field, wrong) => {
      const purpose = await bench.newPurchase();
      const { paymentId } = await bench.start(purpose);
      const before = await bench.db.query
        .selectFrom('payments')
        .selectAll()
        .where('id', '=', paymentId)
        .execute();
      const facts = {
        amount: { amount: 10_000, currency: 'CNY' },
        merchantAccount: MERCHANT,
        appId: 'wx_test_app',
        transactionId: `42${paymentId}`,
        paidAt: bench.clock.now(),
        payer: null,
        ...wrong,
      };
      const subject = { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } } as const;
      expect(await bench.notify({ eventId: `evt_${paymentId}`, subject })).toBe(200);
      const [event] = await eventsOf(paymentId);
      expect(event).toMatchObject({ state: 'quarantined', reason: `mismatch_${field}` });
      expect(await listOpen(bench.db, [event!.id])).toMatchObject([{ kind: 'notification_mismatch' }]);
      expect(
        await bench.db.query.selectFrom('payments').selectAll().where('id', '=', paymentId).execute(),
      ).toEqual(before);
      expect(await capturesOf(purpose)).toEqual([]);
      expect(await bench.purchase(purpose)).toMatchObject({ status: 'pending', fulfilments: 0 });
      bench.gateway.calls.length = 0;
      await bench.drain();
      expect(bench.gateway.calls).toContain(`query ${paymentId}`);
      expect(await bench.statusOf(paymentId)).toBe('pending');
    },
  );

  test('from another merchant account than the gateway is quarantined', async () => {
    const { paymentId, purpose, facts } = await paidPurchase();
    const subject = { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } } as const;
    const wrong = { eventId: 'evt_account', subject, merchantAccount: '1900000099' };
    expect(await bench.notify(wrong)).toBe(200);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 0 });
    await bench.drain(SECOND_MS * 40);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
  });

  test('that is forged is answered 401 and leaves no trace', async () => {
    const { paymentId } = await paidPurchase();
    const subject = { type: 'payment', paymentId, result: { outcome: 'closed' } } as const;
    expect(await bench.notify({ eventId: 'evt_forged', subject, isForged: true })).toBe(401);
    expect(bench.notified.at(-1)).toBe('rejected');
    expect(await eventsOf(paymentId)).toEqual([]);
    await bench.notifyPaid(paymentId);
  });

  test('for a provider that is not switched on is not found', async () => {
    const answer = await bench.api.call('POST /payments/notify/other_pay', { body: {} });
    expect(answer.status).toBe(404);
  });

  test('over the limit of its provider is answered 413, however it is sent', async () => {
    const sent = { eventId: 'evt_large', subject: { type: 'other' }, padding: '' };
    const limit = bench.gateway.capabilities.notificationBodyLimitBytes;
    const padding = 'x'.repeat(limit - JSON.stringify(sent).length);
    const headers = { 'content-type': 'application/json' };
    const send = (body: object) => bench.api.call('POST /payments/notify/fake_pay', { headers, body });
    expect((await send({ ...sent, padding })).status).toBe(200);
    expect(await send({ ...sent, padding: `${padding}x` })).toMatchObject({
      status: 413,
      body: { error: 'payload_too_large' },
    });
  });

  test('that nobody has signed is taken thirty times a minute from one address', async () => {
    const body = { eventId: 'x', subject: { type: 'other' }, hint: {} };
    const hint = async (ip: string) =>
      (await bench.api.call('POST /payments/notify/fake_pay', { body, ip })).status;
    for (let count = 0; count < 30; count += 1) {
      expect(await hint('198.51.100.9')).toBe(200);
    }
    expect(await hint('198.51.100.9')).toBe(429);
    expect(await hint('198.51.100.10')).toBe(200);
  });

  test('of two megabytes is answered 413', async () => {
    const answer = await bench.api.call('POST /payments/notify/fake_pay', {
      body: { filler: 'x'.repeat(2 * 1_024 * 1_024) },
    });
    expect(answer.status).toBe(413);
  });

  test('about an unknown payment is kept and refused, and its repeat is applied once the payment is known', async () => {
    const { purpose, paymentId } = await paidPurchase();
    const hidden = await bench.db.query
      .selectFrom('payments')
      .selectAll()
      .where('id', '=', paymentId)
      .executeTakeFirstOrThrow();
    await bench.db.tx('test.hide', (tx) =>
      tx.query.deleteFrom('payments').where('id', '=', paymentId).execute(),
    );
    expect(await bench.notifyPaid(paymentId, 'evt_early')).toBe(500);
    const [event] = await eventsOf(paymentId);
    expect(event).toMatchObject({ state: 'quarantined', reason: 'unknown_payment' });
    expect(await bench.notifyPaid(paymentId, 'evt_early')).toBe(500);
    await bench.db.tx('test.show', (tx) => tx.query.insertInto('payments').values(hidden).execute());
    expect(await bench.notifyPaid(paymentId, 'evt_early')).toBe(200);
    expect(await eventsOf(paymentId)).toMatchObject([{ id: event!.id, state: 'applied', reason: null }]);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
    expect(await listOpen(bench.db, [event!.id])).toEqual([]);
  });

  test('whose application throws is kept with the error, refused, and applied by its job', async () => {
    const { purpose, paymentId } = await paidPurchase();
    const { onSucceeded } = bench.owner;
    Object.assign(bench.owner, { onSucceeded: () => Promise.reject(new Error('the shelf fell down')) });
    try {
      expect(await bench.notifyPaid(paymentId, 'evt_throws')).toBe(500);
      expect((await bench.drain()).failures.map(({ name }) => name)).toContain('provider_event.retry');
    } finally {
      Object.assign(bench.owner, { onSucceeded });
    }
    const [event] = await eventsOf(paymentId);
    expect(event).toMatchObject({ state: 'stored', error: 'Error: the shelf fell down' });
    expect(await bench.statusOf(paymentId)).toBe('pending');
    bench.gateway.fail('query', 'request_lost');
    await bench.drain(MINUTE_MS);
    expect(await eventsOf(paymentId)).toMatchObject([{ state: 'applied', error: null }]);
    expect(await bench.purchase(purpose)).toMatchObject({ fulfilments: 1 });
  });

  test('that nothing is done about is ignored and acknowledged', async () => {
    expect(await bench.notify({ eventId: 'evt_other', subject: { type: 'other' } })).toBe(200);
    expect(bench.notified.at(-1)).toBe('ignored');
  });

  test('keeps neither the payer nor the cookies', async () => {
    const { paymentId } = await bench.buy();
    const [event] = await eventsOf(paymentId);
    expect(event?.subject).not.toContain('o_payer');
    expect(Object.keys(JSON.parse(event?.headers ?? '{}'))).toEqual(
      expect.not.arrayContaining(['cookie', 'authorization']),
    );
  });
});
