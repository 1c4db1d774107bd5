/** The gateway against the simulator, which has its own implementation of every signature, over real sockets. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import type {
  Gateway,
  NotificationResult,
  PaymentRequest,
  RefundRequest,
} from '../../src/gateways/gateway.ts';
import { createWechatPayGateway } from '../../src/gateways/wechat-pay/index.ts';
import { createFakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createOutbound, type Outbound } from '../../src/kernel/outbound/index.ts';
import { openTestDb } from '../harness/database.ts';

const clock = createFakeClock(Date.parse('2026-11-20T12:00:00Z'));
let db: Db;
let outbound: Outbound;
let simulators: Simulators;
let gateway: Gateway;
let listener: Server;
let notifyUrl: string;
let appid: string;
let openid: string;
/** What came in at the notification address, parsed. */
let received: NotificationResult[];

async function receive(
  request: AsyncIterable<Buffer> & { headers: Record<string, string | string[] | undefined> },
) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const result = await gateway.parseNotification({ headers: request.headers, body, receivedAt: clock.now() });
  received.push(result);
  return gateway.replyTo(result.outcome !== 'rejected');
}

function connect(keyMode: 'public_key' | 'certificate' | 'switching'): void {
  const merchant = simulators.wechatPay.merchant();
  simulators.wechatPay.changeSettings({ keyMode });
  gateway = createWechatPayGateway({
    settings: {
      mchid: merchant.mchid,
      merchantSerialNo: merchant.merchantSerialNo,
      privateKeyPem: merchant.merchantPrivateKeyPem,
      apiV3Key: merchant.apiV3Key,
      publicKey: keyMode === 'certificate' ? null : { id: merchant.publicKeyId, pem: merchant.publicKeyPem },
      apps: merchant.apps.map((app) => ({ appid: app.appid, kind: app.kind })),
      baseUrl: simulators.wechatPayUrl,
    },
    outbound,
    clock,
    log: silentLogger,
  });
}

function newPayment(change: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    id: newId('pay'),
    method: 'wechat_jsapi',
    amount: { amount: 12_345, currency: 'CNY' },
    description: '龙井茶 🍵',
    createdAt: clock.now(),
    expiresAt: clock.now() + 900_000,
    notifyUrl,
    appId: appid,
    openid,
    clientIp: null,
    ...change,
  };
}

function refundOf(payment: PaymentRequest, amount: number): RefundRequest {
  return {
    id: newId('ref'),
    paymentId: payment.id,
    transactionId: null,
    amount: { amount, currency: 'CNY' },
    total: payment.amount,
    reason: '太小 🙁',
    notifyUrl,
  };
}

async function openAndPay(change: Partial<PaymentRequest> = {}): Promise<PaymentRequest> {
  const payment = newPayment(change);
  expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
  expect(simulators.wechatPay.pay({ outTradeNo: payment.id }).result).toBe('paid');
  return payment;
}

beforeAll(async () => {
  db = await openTestDb({ clock });
  outbound = createOutbound({ db, clock, log: silentLogger });
  listener = createServer((request, response) => {
    void receive(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  notifyUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/notifications/wechat_pay`;
});
afterAll(async () => {
  listener.closeAllConnections();
  await new Promise((resolve) => listener.close(resolve));
  await outbound.close();
  await db.close();
});
beforeEach(async () => {
  received = [];
  simulators = await startSimulators({ delivery: 'manual', now: clock.now });
  const payer = simulators.payers.create();
  appid = simulators.wechatPay.merchant().apps[0]?.appid ?? '';
  openid = payer.openids[appid] ?? '';
  connect('public_key');
});
afterEach(() => simulators.close());

describe.each(['public_key', 'certificate', 'switching'] as const)('in the key mode %s', (keyMode) => {
  beforeEach(() => connect(keyMode));

  test('a payment is opened, paid, notified, queried and refunded', async () => {
    const payment = newPayment();
    const opened = await gateway.createPayment(payment);
    if (opened.outcome !== 'requires_action') {
      throw new Error(JSON.stringify(opened));
    }
    expect(await gateway.queryPayment({ id: payment.id })).toEqual({ outcome: 'pending' });

    const {
      appId = '',
      timeStamp = '',
      nonceStr = '',
      package: prepay = '',
      signType = '',
      paySign = '',
    } = opened.parameters;
    const clientParams = { appId, timeStamp, nonceStr, package: prepay, signType, paySign };
    expect(simulators.wechatPay.pay({ clientParams }).result).toBe('paid');

    const paid = {
      outcome: 'succeeded',
      facts: {
        amount: { amount: 12_345, currency: 'CNY' },
        merchantAccount: gateway.merchantAccount,
        appId: appid,
        transactionId: expect.stringMatching(/^\d{28}$/),
        paidAt: clock.now(),
        payer: openid,
      },
    };
    expect(await gateway.queryPayment({ id: payment.id })).toEqual(paid);
    await simulators.notifications.flush();
    expect(received).toMatchObject([
      {
        outcome: 'verified',
        eventType: 'TRANSACTION.SUCCESS',
        merchantAccount: gateway.merchantAccount,
        subject: { type: 'payment', paymentId: payment.id, result: paid },
      },
    ]);

    const refund = refundOf(payment, 45);
    expect(await gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    simulators.wechatPay.settleRefund(refund.id);
    const returned = {
      outcome: 'succeeded',
      facts: { amount: { amount: 45, currency: 'CNY' }, paymentId: payment.id },
    };
    expect(await gateway.queryRefund({ id: refund.id, paymentId: payment.id })).toMatchObject(returned);
    await simulators.notifications.flush();
    expect(received[1]).toMatchObject({
      outcome: 'verified',
      eventType: 'REFUND.SUCCESS',
      subject: { type: 'refund', refundId: refund.id, paymentId: payment.id, result: returned },
    });
    expect(await gateway.queryPayment({ id: payment.id })).toEqual(paid);
  });
});

test('callbacks that change over to the other kind of key are all verified', async () => {
  connect('switching');
  for (const greyPercent of [0, 100]) {
    simulators.wechatPay.changeSettings({ greyPercent });
    await openAndPay();
    await simulators.notifications.flush();
  }
  await simulators.wechatPay.rotateCertificate();
  clock.advance(60_000);
  simulators.wechatPay.changeSettings({ greyPercent: 0 });
  await openAndPay();
  await simulators.notifications.flush();
  expect(received.map(({ outcome }) => outcome)).toEqual(['verified', 'verified', 'verified']);
});

test('a native payment is paid by its code', async () => {
  const payment = newPayment({
    method: 'wechat_native',
    openid: null,
    appId: gateway.appFor('wechat_native'),
  });
  const opened = await gateway.createPayment(payment);
  const codeUrl = opened.outcome === 'requires_action' ? (opened.parameters.codeUrl ?? '') : '';
  expect(simulators.wechatPay.pay({ codeUrl }).result).toBe('paid');
  expect(await gateway.queryPayment({ id: payment.id })).toMatchObject({ outcome: 'succeeded' });
});

test('an attempt that is opened again is the same trade, with fresh parameters', async () => {
  const payment = newPayment();
  const [first, second] = [await gateway.createPayment(payment), await gateway.createPayment(payment)];
  expect(first).toMatchObject({ outcome: 'requires_action' });
  expect(second).toMatchObject({ outcome: 'requires_action' });
  expect(second).not.toEqual(first);
  expect(simulators.wechatPay.listTrades()).toHaveLength(1);
});

describe('closing', () => {
  test('closes an open trade, again and again, and no money can come in after', async () => {
    const payment = newPayment();
    await gateway.createPayment(payment);
    expect(await gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(await gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
    expect(simulators.wechatPay.pay({ outTradeNo: payment.id }).result).toBe('refused');
    expect(await gateway.queryPayment(payment)).toEqual({ outcome: 'closed' });
    expect(await gateway.createPayment(payment)).toEqual({ outcome: 'already_closed' });
  });

  test('finds out that the trade is paid', async () => {
    const payment = await openAndPay();
    expect(await gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
    expect(await gateway.createPayment(payment)).toEqual({ outcome: 'already_paid' });
  });

  test('finds out that the trade was paid while it was being closed', async () => {
    const payment = newPayment();
    await gateway.createPayment(payment);
    simulators.faults.set({ provider: 'wechat-pay', operation: 'close', kind: 'paid_during_close' });
    expect(await gateway.closePayment(payment)).toEqual({ outcome: 'already_paid' });
    expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
  });

  test('of a trade that was never opened finds nothing', async () => {
    expect(await gateway.closePayment({ id: newId('pay') })).toEqual({ outcome: 'not_found' });
    expect(await gateway.queryPayment({ id: newId('pay') })).toEqual({ outcome: 'not_found' });
  });
});

describe('what WeChat Pay refuses', () => {
  test('an openid of another app is declined, and there is no trade', async () => {
    const other = simulators.wechatPay.merchant().apps[1]?.appid ?? '';
    const payment = newPayment({ appId: other });
    expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'declined' });
    expect(simulators.wechatPay.listTrades()).toEqual([]);
  });

  test('another amount under a used number is unknown, because the trade is there', async () => {
    const payment = newPayment();
    await gateway.createPayment(payment);
    const changed = { ...payment, amount: { amount: 1, currency: 'CNY' } };
    expect(await gateway.createPayment(changed)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'OUT_TRADE_NO_USED' },
    });
  });

  test('a second refund within a minute is unknown and not there, so that its number is sent again', async () => {
    const payment = await openAndPay();
    await gateway.refund(refundOf(payment, 1));
    const second = refundOf(payment, 2);
    expect(await gateway.refund(second)).toMatchObject({ outcome: 'unknown' });
    expect(await gateway.queryRefund(second)).toEqual({ outcome: 'not_found' });
    clock.advance(60_000);
    expect(await gateway.refund(second)).toMatchObject({ outcome: 'pending' });
  });

  test('a refund that is asked for twice is one refund; with another amount it tells what became of the first', async () => {
    const payment = await openAndPay();
    const refund = refundOf(payment, 10);
    expect(await gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    clock.advance(60_000);
    expect(await gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    const changed = { ...refund, amount: { amount: 11, currency: 'CNY' } };
    expect(await gateway.refund(changed)).toMatchObject({
      outcome: 'pending',
      facts: { amount: { amount: 10 } },
    });
    expect(simulators.wechatPay.listRefunds(payment.id)).toHaveLength(1);
  });

  test.each([
    ['not_enough', 'refused_for_now'],
    ['user_account_abnormal', 'failed'],
  ])('a refund by the plan %s is %s', async (kind, outcome) => {
    const payment = await openAndPay();
    simulators.faults.set({ provider: 'wechat-pay', operation: 'refund', kind });
    expect(await gateway.refund(refundOf(payment, 1))).toMatchObject({ outcome });
  });

  test.each([
    ['refund_abnormal', 'abnormal'],
    ['refund_closed', 'failed'],
  ])('a refund by the plan %s ends %s', async (kind, outcome) => {
    const payment = await openAndPay();
    simulators.faults.set({ provider: 'wechat-pay', operation: 'refund', kind });
    const refund = refundOf(payment, 1);
    expect(await gateway.refund(refund)).toMatchObject({ outcome: 'pending' });
    simulators.wechatPay.settleRefund(refund.id);
    expect(await gateway.queryRefund(refund)).toMatchObject({ outcome });
    await simulators.notifications.flush();
    expect(received.at(-1)).toMatchObject({ subject: { type: 'refund', result: { outcome } } });
  });
});

describe('faults', () => {
  test.each(['error_after_commit', 'truncated_body', 'wrong_signature', 'unknown_serial'])(
    'a refund whose answer suffers from %s is unknown, and found by its query',
    async (kind) => {
      const payment = await openAndPay();
      simulators.faults.set({ provider: 'wechat-pay', operation: 'refund', kind });
      const refund = refundOf(payment, 5);
      expect(await gateway.refund(refund)).toMatchObject({ outcome: 'unknown' });
      expect(await gateway.queryRefund(refund)).toMatchObject({ outcome: 'pending' });
      expect(simulators.wechatPay.listRefunds(payment.id)).toHaveLength(1);
    },
  );

  test.each(['wrong_signature', 'unknown_serial', 'truncated_body'])(
    'an opening whose answer suffers from %s is unknown, and asking again gives the same trade',
    async (kind) => {
      const payment = newPayment();
      simulators.faults.set({ provider: 'wechat-pay', operation: 'prepay', kind });
      expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'unknown' });
      expect(await gateway.createPayment(payment)).toMatchObject({ outcome: 'requires_action' });
      expect(simulators.wechatPay.listTrades()).toHaveLength(1);
    },
  );

  test('a query that takes longer than its deadline is unknown', async () => {
    const payment = await openAndPay();
    simulators.faults.set({
      provider: 'wechat-pay',
      operation: 'query',
      kind: 'delay',
      params: { ms: 2_000 },
    });
    expect(await gateway.queryPayment({ id: payment.id, deadlineMs: 200 })).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'timeout' },
    });
  });

  test.each(['wrong_amount', 'wrong_mchid', 'wrong_appid', 'wrong_currency'])(
    'a notification with the %s is handed up as it is, for payments to judge',
    async (kind) => {
      simulators.faults.set({ provider: 'wechat-pay', operation: 'notify', kind });
      const payment = await openAndPay();
      await simulators.notifications.flush();
      const [notification] = received;
      const result = notification?.outcome === 'verified' ? notification.subject : undefined;
      const facts = result?.type === 'payment' && 'facts' in result.result ? result.result.facts : undefined;
      const isAsOpened = {
        wrong_amount: facts?.amount.amount === payment.amount.amount,
        wrong_mchid: facts?.merchantAccount === gateway.merchantAccount,
        wrong_appid: facts?.appId === appid,
        wrong_currency: facts?.amount.currency === 'CNY',
      };
      const differing = Object.entries(isAsOpened).filter(([, isSame]) => !isSame);
      expect(differing.map(([name]) => name)).toEqual([kind]);
    },
  );

  test.each([
    ['forge', 'bad_signature'],
    ['signtest', 'signature_probe'],
    ['stale_timestamp', 'stale'],
    ['unknown_serial', 'unknown_serial'],
    ['truncated', 'bad_signature'],
  ])('a notification by the plan %s is rejected for %s, and its repeat is verified', async (kind, reason) => {
    simulators.faults.set({ provider: 'wechat-pay', operation: 'notify', kind });
    await openAndPay();
    await simulators.notifications.flush();
    expect(received).toMatchObject([{ outcome: 'rejected', reason }]);
    clock.advance(15_000);
    await simulators.notifications.flush();
    expect(received[1]).toMatchObject({ outcome: 'verified' });
  });

  test('a notification in the old XML is a hint', async () => {
    simulators.faults.set({ provider: 'wechat-pay', operation: 'notify', kind: 'v2_xml' });
    await openAndPay();
    await simulators.notifications.flush();
    expect(received).toEqual([{ outcome: 'hint', reason: 'v2_xml' }]);
  });
});

test('no secret and no openid stands in the stored calls', async () => {
  await openAndPay();
  await outbound.close();
  outbound = createOutbound({ db, clock, log: silentLogger });
  const rows = await db.query
    .selectFrom('provider_calls')
    .selectAll()
    .where('provider', '=', 'wechat_pay')
    .execute();
  expect(rows.length).toBeGreaterThan(0);
  const stored = JSON.stringify(rows);
  expect(stored).not.toContain(openid);
  expect(stored).not.toContain('signature=');
});
