import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSummary, readHeader, readLine, toFen } from './wechat-bill.ts';

const file = readFileSync(new URL('./wechat-pay/vectors/bill-all.csv', import.meta.url), 'utf8');
const [header = '', ...lines] = file.trim().split(/\r?\n/);
const columns = readHeader(header);
const rows = lines.slice(0, lines.findIndex(isSummary)).map((line) => readLine(line, columns));
const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

test('a real bill adds up to its own summary', () => {
  const payments = rows.filter(({ type }) => type === 'payment');
  const refunds = rows.filter(({ type }) => type === 'refund');
  expect(rows).toHaveLength(45);
  expect(payments.length + refunds.length).toBe(45);
  expect(sum(payments.map(({ amount }) => amount.amount))).toBe(47);
  expect(sum(refunds.map(({ amount }) => amount.amount))).toBe(14);
  expect(sum(rows.map(({ fee }) => fee))).toBe(8);
});

test('the first line of it is this refund', () => {
  expect(rows[0]).toEqual({
    type: 'refund',
    number: 'REF4200000263201902167700963919',
    paymentNumber: 'autotest_20190216081946_82335',
    transactionId: '50000709672019011908420787722',
    amount: { amount: 1, currency: 'CNY' },
    fee: 0,
    status: 'succeeded',
    occurredAt: Date.parse('2019-02-19T05:01:46+08:00'),
    merchantAccount: '1921000401',
  });
});

test('columns go by their names, so a bill without those of today is read as well', () => {
  const old = readHeader('交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,手续费');
  expect(readLine('`2016-01-02 03:04:05,`1900000001,`42,`pay_1,`SUCCESS,`12.30,`0.07000', old)).toMatchObject(
    {
      type: 'payment',
      number: 'pay_1',
      amount: { amount: 1_230, currency: 'CNY' },
      fee: 7,
    },
  );
});

test('a value may have commas in it', () => {
  const named = readHeader('商品名称,交易时间,商户号,微信订单号,商户订单号,交易状态,订单金额');
  const line = '`tea, green,2 bags,`2026-01-02 03:04:05,`1900000001,`42,`pay_1,`SUCCESS,`0.01';
  expect(readLine(line, named)).toMatchObject({ number: 'pay_1', amount: { amount: 1 } });
});

test('a line that can not be read stops the bill', () => {
  const torn = (lines[0] ?? '').slice(0, 100);
  expect(() => readLine(torn, columns)).toThrow('WeChat Pay');
});

test('yuan become fen without a float, whatever their decimals', () => {
  expect(['0.01000', '-0.03', '12', '0.00500', '0.00499', 'x', '1.2.3', ''].map(toFen)).toEqual([
    ...[1, -3, 1_200, 1, 0],
    ...[undefined, undefined, undefined],
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (fen) => {
      const digits = String(fen).padStart(3, '0');
      expect(toFen(`${digits.slice(0, -2)}.${digits.slice(-2)}000`)).toBe(fen);
    }),
  );
});
