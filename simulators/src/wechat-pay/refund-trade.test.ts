import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { startReceiver } from '../../test/receiver.ts';
import { type Simulators, startSimulators } from '../index.ts';
import { encryptField } from './signing.ts';

/** The base clock stands still, so that only the test moves time. */
const START = Date.parse('2026-05-04T12:00:00+08:00');

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
  shop = createMerchant(simulators);
  receiver = await startReceiver();
});
afterAll(async () => {
  await simulators.close();
  await receiver.close();
});

const refusal = ({ status, json }: { status: number; json: Record<string, unknown> }) => [status, json.code];
const status = async (outRefundNo: string) =>
  (await shop.call('GET', `/v3/refund/domestic/refunds/${outRefundNo}`)).json.status;

test('a refund is accepted as PROCESSING, settles, is told, and turns the trade to REFUND though it is partial', async () => {
  await shop.buy('REFUND-PART');
  const accepted = await shop.refund('REFUND-PART', 'PART-1', 300, { notify_url: receiver.url });
  expect(accepted.json).toMatchObject({
    status: 'PROCESSING',
    amount: { refund: 300, total: 1000, currency: 'CNY' },
  });
  simulators.advanceClock(2000);
  await simulators.notifications.flush();
  expect(await status('PART-1')).toBe('SUCCESS');
  expect((await shop.query('REFUND-PART')).json).toMatchObject({
    trade_state: 'REFUND',
    amount: { total: 1000 },
  });
  const body = receiver.deliveries.at(-1)?.body ?? '';
  expect(JSON.parse(body)).toMatchObject({
    event_type: 'REFUND.SUCCESS',
    resource: { original_type: 'refund' },
  });
  expect(shop.open(body)).toMatchObject({
    out_refund_no: 'PART-1',
    refund_status: 'SUCCESS',
    amount: { refund: 300 },
  });
});

test('the same number again is the same refund; changed amounts are refused', async () => {
  await shop.buy('REFUND-SAME');
  const first = await shop.refund('REFUND-SAME', 'SAME-1', 300);
  const again = await shop.refund('REFUND-SAME', 'SAME-1', 300);
  expect(again.json.refund_id).toBe(first.json.refund_id);
  const changed = await shop.refund('REFUND-SAME', 'SAME-1', 301);
  expect(refusal(changed)).toEqual([400, 'INVALID_REQUEST']);
  expect(changed.json.message).toContain('与之前请求不一致');
  expect(simulators.wechatPay.findTrade({ outTradeNo: 'REFUND-SAME' }).refunded).toBe(300);
});

test('refunds of one trade keep a minute apart, and never exceed what was paid', async () => {
  await shop.buy('REFUND-OVER');
  await shop.refund('REFUND-OVER', 'OVER-1', 600);
  expect(refusal(await shop.refund('REFUND-OVER', 'OVER-2', 100))).toEqual([429, 'FREQUENCY_LIMITED']);
  simulators.advanceClock(60_000);
  expect(refusal(await shop.refund('REFUND-OVER', 'OVER-2', 401))).toEqual([400, 'INVALID_REQUEST']);
  expect((await shop.refund('REFUND-OVER', 'OVER-2', 400)).status).toBe(200);
  simulators.advanceClock(60_000);
  expect(refusal(await shop.refund('REFUND-OVER', 'OVER-3', 1))).toEqual([400, 'INVALID_REQUEST']);
});

test('a trade takes fifty refunds and no more', async () => {
  await shop.buy('REFUND-FIFTY');
  for (let count = 1; count <= 50; count += 1) {
    expect((await shop.refund('REFUND-FIFTY', `FIFTY-${count}`, 1)).status).toBe(200);
    simulators.advanceClock(60_000);
  }
  const answer = await shop.refund('REFUND-FIFTY', 'FIFTY-51', 1);
  expect(refusal(answer)).toEqual([400, 'INVALID_REQUEST']);
  expect(answer.json.message).toContain('50');
});

test('an unknown trade, an unpaid one, another total and a trade of last year are refused', async () => {
  expect(refusal(await shop.refund('REFUND-NONE', 'NONE-1', 1))).toEqual([404, 'RESOURCE_NOT_EXISTS']);
  await shop.call('POST', '/v3/pay/transactions/native', shop.order('REFUND-UNPAID'));
  expect(refusal(await shop.refund('REFUND-UNPAID', 'UNPAID-1', 1))).toEqual([400, 'INVALID_REQUEST']);
  await shop.buy('REFUND-OLD');
  const total = await shop.refund('REFUND-OLD', 'OLD-1', 1, {
    amount: { refund: 1, total: 999, currency: 'CNY' },
  });
  expect(refusal(total)).toEqual([400, 'INVALID_REQUEST']);
  simulators.advanceClock(365 * 24 * 3600_000 + 1000);
  expect(refusal(await shop.refund('REFUND-OLD', 'OLD-1', 1))).toEqual([403, 'TRADE_OVERDUE']);
});

test('all three parts of the amount are required', async () => {
  await shop.buy('REFUND-AMOUNT');
  for (const amount of [
    { refund: 1, total: 1000 },
    { refund: 1, currency: 'CNY' },
    { total: 1000, currency: 'CNY' },
  ]) {
    expect(refusal(await shop.refund('REFUND-AMOUNT', 'AMOUNT-1', 1, { amount }))).toEqual([
      400,
      'PARAM_ERROR',
    ]);
  }
});

test('fault plans decide what becomes of a refund', async () => {
  const plan = (kind: string, params = {}) =>
    simulators.faults.set({ provider: 'wechat-pay', operation: 'refund', kind, params });
  await shop.buy('REFUND-FAULT');
  plan('not_enough');
  expect(refusal(await shop.refund('REFUND-FAULT', 'FAULT-1', 100))).toEqual([403, 'NOT_ENOUGH']);
  plan('user_account_abnormal');
  expect(refusal(await shop.refund('REFUND-FAULT', 'FAULT-1', 100))).toEqual([403, 'USER_ACCOUNT_ABNORMAL']);
  expect(await status('FAULT-1')).toBeUndefined();

  plan('refund_processing', { ms: 3600_000 });
  expect((await shop.refund('REFUND-FAULT', 'FAULT-1', 100)).status).toBe(200);
  simulators.advanceClock(3599_000);
  await simulators.notifications.flush();
  expect(await status('FAULT-1')).toBe('PROCESSING');
  simulators.advanceClock(1000);
  await simulators.notifications.flush();
  expect(await status('FAULT-1')).toBe('SUCCESS');

  plan('refund_closed');
  await shop.refund('REFUND-FAULT', 'FAULT-2', 900);
  simulators.advanceClock(60_000);
  await simulators.notifications.flush();
  expect(await status('FAULT-2')).toBe('CLOSED');
  expect((await shop.refund('REFUND-FAULT', 'FAULT-3', 900)).status).toBe(200);
});

test('an abnormal refund goes to a card and then succeeds', async () => {
  await shop.buy('REFUND-CARD');
  simulators.faults.set({ provider: 'wechat-pay', operation: 'refund', kind: 'refund_abnormal' });
  const { json } = await shop.refund('REFUND-CARD', 'CARD-1', 100);
  const target = `/v3/refund/domestic/refunds/${String(json.refund_id)}/apply-abnormal-refund`;
  const body = { out_refund_no: 'CARD-1', type: 'MERCHANT_BANK_CARD' };
  expect(refusal(await shop.call('POST', target, body))).toEqual([400, 'INVALID_REQUEST']);
  simulators.advanceClock(2000);
  await simulators.notifications.flush();
  expect(await status('CARD-1')).toBe('ABNORMAL');

  const seal = (plain: string) => encryptField(plain, createPublicKey(shop.merchant.publicKeyPem));
  const card = { bank_type: 'ICBC_DEBIT', bank_account: seal('6222000000000000'), real_name: seal('测试') };
  const toCard = { out_refund_no: 'CARD-1', type: 'USER_BANK_CARD', ...card };
  expect(refusal(await shop.call('POST', target, toCard))).toEqual([400, 'PARAM_ERROR']);
  const headers = { 'wechatpay-serial': shop.merchant.publicKeyId };
  expect((await shop.call('POST', target, toCard, { headers })).json.status).toBe('PROCESSING');
  simulators.advanceClock(2000);
  await simulators.notifications.flush();
  expect(await status('CARD-1')).toBe('SUCCESS');
});

test('a refund made in the console shows at the query and is told in v2 XML where the platform is set to', async () => {
  await shop.buy('REFUND-CONSOLE');
  simulators.wechatPay.changeSettings({ platformRefundNotifyUrl: receiver.url });
  const refund = simulators.wechatPay.refundInConsole({ outTradeNo: 'REFUND-CONSOLE', amount: 250 });
  simulators.wechatPay.settleRefund(refund.outRefundNo);
  await simulators.notifications.flush();
  expect(await status(refund.outRefundNo)).toBe('SUCCESS');
  const told = receiver.deliveries.at(-1);
  expect(told?.headers['content-type']).toBe('text/xml');
  expect(told?.headers['wechatpay-signature']).toBeUndefined();
  expect(told?.body).toMatch(/^<xml>.*<req_info><!\[CDATA\[[A-Za-z0-9+/=]+\]\]><\/req_info><\/xml>$/);
  simulators.wechatPay.changeSettings({ platformRefundNotifyUrl: null });
});
