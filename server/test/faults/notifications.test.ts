import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createWechatPayGateway } from '../../src/gateways/wechat-pay/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound } from '../../src/kernel/outbound/index.ts';
import type { TestBuyer } from '../harness/app.ts';
import { MINUTE, openStage, type Seen, type Stage } from '../scenarios/stage.ts';

let stage: Stage;
let buyer: TestBuyer;
let order: Seen;
let paymentId: string;
/** The simulator's id of the notification of this order's payment, which was not delivered. */
let notificationId: string;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  stage.simulators.faults.clear();
  buyer = await stage.newBuyer();
  order = await stage.place(buyer, [{ variantId: await stage.addVariant(), quantity: 1 }]);
  ({ paymentId } = await stage.open(buyer, order.id));
  stage.plan('notify', 'drop', {}, 'always');
  await stage.pay(paymentId, buyer.payerId);
  stage.simulators.faults.clear();
  const [notification] = stage.simulators.notifications.list({ subject: paymentId });
  notificationId = notification?.id ?? '';
});

afterAll(() => stage.close());

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const compose = (kind?: string, params: Record<string, unknown> = {}): Message =>
  stage.simulators.notifications.compose(notificationId, kind === undefined ? undefined : { kind, params });

async function deliver({ headers, body }: Message): Promise<number> {
  const { status } = await stage.call('POST /payments/notify/wechat_pay', { headers, body });
  return status;
}

const readEvents = () =>
  stage.db.query
    .selectFrom('provider_events')
    .select(['state', 'reason'])
    .where('subject_id', '=', paymentId)
    .execute();

async function countEvents(): Promise<number> {
  return (await stage.db.query.selectFrom('provider_events').select('id').execute()).length;
}

async function expectUntouched(attack: () => Promise<number>): Promise<number> {
  const before = await stage.dump();
  const status = await attack();
  expect(await stage.dump()).toEqual(before);
  return status;
}

/** What was attacked is paid all the same once the true notification comes. */
async function expectPaidByTheTrueOne(): Promise<void> {
  expect(await deliver(compose())).toBeLessThan(300);
  expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  await stage.pass(10 * MINUTE);
  await stage.expectSound();
}

describe('a notification that can not be verified', () => {
  test.each(['forge', 'signtest', 'stale_timestamp', 'unknown_serial', 'truncated'])(
    '(%s) is refused, not kept, and changes nothing',
    async (kind) => {
      const kept = await countEvents();
      const status = await expectUntouched(() => deliver(compose(kind)));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(await countEvents()).toBe(kept);
      await expectPaidByTheTrueOne();
    },
  );

  test('because a byte of it was changed is refused', async () => {
    const { headers, body } = compose();
    const status = await expectUntouched(() =>
      deliver({ headers, body: body.replace('TRANSACTION', 'TRANSACTIoN') }),
    );
    expect(status).toBeLessThan(500);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  test('because it comes from the future is refused', async () => {
    const status = await expectUntouched(() => deliver(compose('stale_timestamp', { seconds: -600 })));
    expect([400, 401]).toContain(status);
  });

  test.each([
    ['without headers', {}, '{}'],
    ['without a body', {}, ''],
    ['no JSON', {}, '<xml>'],
  ])('because it is %s is refused', async (_name, headers, body) => {
    const status = await expectUntouched(() => deliver({ headers, body }));
    expect(status).toBeLessThan(500);
  });

  test('because it has two megabytes is refused with 413', async () => {
    const { headers } = compose();
    const body = JSON.stringify({ padding: 'x'.repeat(2 * 1_024 * 1_024) });
    expect(await expectUntouched(() => deliver({ headers, body }))).toBe(413);
  });

  test('because its provider is not switched on is refused with 404', async () => {
    const { headers, body } = compose();
    const { status } = await stage.call('POST /payments/notify/not_switched_on', { headers, body });
    expect(status).toBe(404);
  });
});

describe('a verified notification that does not match', () => {
  test.each([
    ['wrong_amount', { total: 1 }, 'mismatch_amount'],
    ['wrong_currency', { currency: 'USD' }, 'mismatch_currency'],
    ['wrong_mchid', { mchid: '1900000099' }, 'mismatch_merchant'],
    ['wrong_appid', { appid: 'wx00000000000000ff' }, 'mismatch_app'],
  ])('(%s) is quarantined with an alert, acknowledged, and changes nothing', async (kind, params, reason) => {
    const status = await expectUntouched(() => deliver(compose(kind, params)));
    expect([200, 204]).toContain(status);
    expect(await readEvents()).toEqual([{ state: 'quarantined', reason }]);
    expect(await stage.openAlerts()).toContain('notification_mismatch');
    const listed = await stage.call('GET /admin/provider-events?state=quarantined', {
      token: stage.adminToken,
    });
    expect(listed.body.data.items).toEqual(
      expect.arrayContaining([expect.objectContaining({ subjectId: paymentId, state: 'quarantined' })]),
    );
    // Our own query finds the money, which is truly there.
    await stage.pass(MINUTE);
    expect(await stage.order(buyer, order.id)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
    await stage.expectSound();
  });
});

test('the same notification twenty times at once is one capture, one transfer and one confirmation', async () => {
  const message = compose();
  const statuses = await Promise.all(Array.from({ length: 20 }, () => deliver(message)));
  expect(statuses.filter((status) => status >= 300)).toEqual([]);
  expect(
    await stage.db.query.selectFrom('captures').select('id').where('payment_id', '=', paymentId).execute(),
  ).toHaveLength(1);
  const transfers = await stage.db.query
    .selectFrom('ledger_transfers')
    .select('cause')
    .where('purpose_id', '=', order.id)
    .where('cause', 'like', 'capture:%')
    .execute();
  expect(transfers).toHaveLength(1);
  const { history } = await stage.order(buyer, order.id);
  expect(history.filter(({ to }: { to: string }) => to === 'confirmed')).toHaveLength(1);
});

test('twenty tries of one notification, each signed anew, are one capture', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 20 }, () => {
      stage.clock.advance(1_000);
      return deliver(compose());
    }),
  );
  expect(statuses.filter((status) => status >= 300)).toEqual([]);
  expect(
    await stage.db.query.selectFrom('captures').select('id').where('payment_id', '=', paymentId).execute(),
  ).toHaveLength(1);
});

test('a v2 notification is a hint: acknowledged, and nothing in it applied', async () => {
  const status = await expectUntouched(() => deliver(compose('v2_xml')));
  expect([200, 204]).toContain(status);
  await expectPaidByTheTrueOne();
});

/** Pays a trade of the same merchant that this shop knows nothing of; answers its number. */
async function payAtTheOtherShop(): Promise<string> {
  const { db, clock, config, simulators } = stage;
  const outbound = createOutbound({ db, clock, log: silentLogger });
  const settings = { ...config.wechatPay, apps: [...config.wechat.apps] } as Parameters<
    typeof createWechatPayGateway
  >[0]['settings'];
  const gateway = createWechatPayGateway({ settings, outbound, clock, log: silentLogger });
  const id = newId('pay');
  await gateway.createPayment({
    id,
    method: 'wechat_native',
    amount: { amount: 100, currency: 'CNY' },
    description: 'somebody else’s tea',
    createdAt: clock.now(),
    expiresAt: clock.now() + 15 * MINUTE,
    notifyUrl: `${stage.url}/payments/notify/wechat_pay`,
    returnUrl: stage.url,
    captureMode: 'automatic',
    appId: config.wechat.apps[0]?.appid ?? '',
    openid: null,
    clientIp: null,
  });
  stage.plan('notify', 'drop');
  simulators.wechatPay.pay({ outTradeNo: id, payerId: buyer.payerId });
  await simulators.notifications.flush();
  await outbound.close();
  return id;
}

test('a verified notification of a payment that we do not know is quarantined, and asked for again', async () => {
  const id = await payAtTheOtherShop();
  const [notification] = stage.simulators.notifications.list({ subject: id });
  const message = stage.simulators.notifications.compose(notification?.id ?? '');
  for (let time = 1; time <= 2; time += 1) {
    expect(await expectUntouched(() => deliver(message))).toBeGreaterThanOrEqual(500);
  }
  const events = await stage.db.query
    .selectFrom('provider_events')
    .select(['state', 'reason'])
    .where('subject_id', '=', id)
    .execute();
  expect(events).toEqual([{ state: 'quarantined', reason: 'unknown_payment' }]);
  expect(await stage.openAlerts()).toContain('notification_unknown');
});
