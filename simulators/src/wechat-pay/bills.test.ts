import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createMerchant } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';

// One day of 1 June 2026 in Beijing: two payments of 10.00 and a refund of 3.00; the clock then stands at
// 10:00 of the next day.

/** The base clock stands still, so that only the test moves time. */
const START = Date.parse('2026-05-04T12:00:00+08:00');

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', now: () => START });
  shop = createMerchant(simulators);
  simulators.setClock(Date.parse('2026-06-01T12:00:00+08:00'));
  await shop.buy('BILL-ONE', { attach: 'a note', description: '绿茶, 一盒' });
  await shop.buy('BILL-TWO');
  await shop.refund('BILL-TWO', 'BILL-TWO-R', 300);
  simulators.setClock(Date.parse('2026-06-01T23:59:59+08:00'));
  await simulators.notifications.flush();
  simulators.setClock(Date.parse('2026-06-02T10:00:00+08:00'));
});
afterAll(() => simulators.close());
afterEach(() => {
  simulators.faults.clear();
});

const ask = (query: string) => shop.call('GET', `/v3/bill/tradebill?${query}`);

async function fetchBill(target: string): Promise<string> {
  const { json } = await shop.call('GET', target);
  const url = new URL(String(json.download_url));
  const file = await shop.call('GET', `${url.pathname}${url.search}`);
  expect(file.headers['wechatpay-signature']).toBeUndefined();
  const bytes = target.includes('GZIP') ? gunzipSync(file.bytes) : file.bytes;
  expect(json.hash_type).toBe('SHA1');
  expect(createHash('sha1').update(bytes).digest('hex')).toBe(json.hash_value);
  return bytes.toString('utf8');
}

/** Reads a bill by its header names, as a reconciliation does. */
function parse(csv: string): { rows: Record<string, string>[]; summary: Record<string, string> } {
  const lines = csv.trimEnd().split('\r\n');
  const header = lines[0]?.split(',') ?? [];
  const read = (names: string[], line: string) => {
    const cells = line.slice(1).split(',`');
    expect(cells).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  };
  return {
    rows: lines.slice(1, -2).map((line) => read(header, line)),
    summary: read(lines.at(-2)?.split(',') ?? [], lines.at(-1) ?? ''),
  };
}

test('the bill of all movements agrees with what happened', async () => {
  const { rows, summary } = parse(await fetchBill('/v3/bill/tradebill?bill_date=2026-06-01'));
  expect(rows).toHaveLength(3);
  expect(Object.keys(rows[0] ?? {})).toHaveLength(27);
  const one = simulators.wechatPay.findTrade({ outTradeNo: 'BILL-ONE' });
  expect(rows[0]).toMatchObject({
    交易时间: '2026-06-01 12:00:00',
    公众账号ID: shop.merchant.apps[0]?.appid,
    商户号: shop.merchant.mchid,
    微信订单号: one.transactionId,
    商户订单号: 'BILL-ONE',
    交易类型: 'NATIVE',
    交易状态: 'SUCCESS',
    货币种类: 'CNY',
    订单金额: '10.00',
    商户数据包: 'a note',
    商品名称: '绿茶, 一盒',
    手续费: '0.06000',
    费率: '0.60%',
    商户退款单号: '0',
  });
  const refund = rows.find((row) => row.交易状态 === 'REFUND');
  expect(refund).toMatchObject({
    商户订单号: 'BILL-TWO',
    商户退款单号: 'BILL-TWO-R',
    退款金额: '3.00',
    申请退款金额: '3.00',
    订单金额: '0.00',
    手续费: '-0.02000',
    退款状态: 'SUCCESS',
  });
  expect(summary).toEqual({
    总交易单数: '3',
    应结订单总金额: '20.00',
    退款总金额: '3.00',
    充值券退款总金额: '0.00',
    手续费总金额: '0.10000',
    订单总金额: '20.00',
    申请退款总金额: '3.00',
  });
});

test('SUCCESS has no refund columns and REFUND has both times', async () => {
  const success = parse(await fetchBill('/v3/bill/tradebill?bill_date=2026-06-01&bill_type=SUCCESS'));
  expect(success.rows.map((row) => row.商户订单号)).toEqual(['BILL-ONE', 'BILL-TWO']);
  expect(Object.keys(success.rows[0] ?? {})).not.toContain('退款金额');
  const refund = parse(await fetchBill('/v3/bill/tradebill?bill_date=2026-06-01&bill_type=REFUND'));
  expect(refund.rows).toHaveLength(1);
  expect(refund.rows[0]).toMatchObject({
    退款申请时间: '2026-06-01 12:00:00',
    退款成功时间: '2026-06-01 23:59:59',
  });
});

test('the fund flow moves the balance by payments, fees and refunds net of fee', async () => {
  const { rows, summary } = parse(
    await fetchBill('/v3/bill/fundflowbill?bill_date=2026-06-01&tar_type=GZIP'),
  );
  expect(rows.map((row) => [row.业务名称, row.收支类型, row['收支金额(元)'], row['账户结余(元)']])).toEqual([
    ['交易', '收入', '10.00', '10.00'],
    ['扣除交易手续费', '支出', '0.06', '9.94'],
    ['交易', '收入', '10.00', '19.94'],
    ['扣除交易手续费', '支出', '0.06', '19.88'],
    ['退款', '支出', '2.98', '16.90'],
  ]);
  expect(summary).toEqual({
    资金流水总笔数: '5',
    收入笔数: '2',
    收入金额: '20.00',
    支出笔数: '3',
    支出金额: '3.10',
  });
});

test('days without movements, unready days, today and nonsense are refused', async () => {
  const code = async (query: string) => (await ask(query)).json.code;
  expect(await code('bill_date=2026-05-31')).toBe('NO_STATEMENT_EXIST');
  expect(await code('bill_date=2026-06-02')).toBe('PARAM_ERROR');
  expect(await code('bill_date=2026-02-30')).toBe('PARAM_ERROR');
  expect(await code('bill_date=2025-06-01')).toBe('PARAM_ERROR');
  expect(await code('bill_date=2026-06-01&bill_type=NONE')).toBe('PARAM_ERROR');
  simulators.setClock(Date.parse('2026-06-02T09:59:00+08:00'));
  expect(await code('bill_date=2026-06-01')).toBe('STATEMENT_CREATING');
  simulators.setClock(Date.parse('2026-06-02T10:00:00+08:00'));
});

test('a link dies after five minutes', async () => {
  const { json } = await ask('bill_date=2026-06-01');
  const url = new URL(String(json.download_url));
  simulators.advanceClock(5 * 60_000 + 1000);
  expect((await shop.call('GET', `${url.pathname}${url.search}`)).status).toBe(404);
});

test('fault plans make a bill disagree in four ways', async () => {
  const arm = (kind: string, rest = {}) =>
    simulators.faults.set({ provider: 'wechat-pay', operation: 'tradebill', kind, ...rest });
  arm('missing_row', { match: { outRefundNo: 'BILL-TWO-R' } });
  arm('amount_differs', { match: { outTradeNo: 'BILL-ONE' }, params: { by: 5 } });
  arm('fee_differs', { match: { outTradeNo: 'BILL-TWO' }, params: { by: 1 } });
  arm('extra_row', { params: { total: 777 } });
  const { rows } = parse(await fetchBill('/v3/bill/tradebill?bill_date=2026-06-01'));
  expect(rows.map((row) => [row.商户订单号, row.订单金额, row.手续费])).toEqual([
    ['BILL-ONE', '10.05', '0.06000'],
    ['BILL-TWO', '10.00', '0.07000'],
    ['EXTRABILL-ONE', '7.77', '0.05000'],
  ]);
  expect(parse(await fetchBill('/v3/bill/tradebill?bill_date=2026-06-01')).rows).toHaveLength(3);
});
