import { expect, test } from 'vitest';
import { REFUSALS, refusalOf } from './errors.ts';
import { readTrade, TRADE_STATUSES, type Trade } from './trade.ts';

const OWNER = { appId: '2021', sellerId: '2088' };
const PAID: Trade = {
  out_trade_no: 'pay_1',
  trade_no: 'T1',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '0.10',
  send_pay_date: '2026-11-20 12:00:00',
};

test("every status of Alipay's documentation has a meaning, and no other", () => {
  const documented = ['WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TRADE_SUCCESS', 'TRADE_FINISHED'];
  expect(Object.keys(TRADE_STATUSES).sort()).toEqual(documented.sort());
  expect(readTrade({ ...PAID, trade_status: 'TRADE_PENDING' }, OWNER)).toMatchObject({ outcome: 'unknown' });
  expect(readTrade({ ...PAID, trade_status: 'toString' }, OWNER)).toMatchObject({ outcome: 'unknown' });
});

test('a closed trade with a time of payment is paid', () => {
  expect(readTrade({ ...PAID, trade_status: 'TRADE_CLOSED' }, OWNER)).toMatchObject({ outcome: 'succeeded' });
  const { send_pay_date: _never, ...unpaid } = { ...PAID, trade_status: 'TRADE_CLOSED' };
  expect(readTrade(unpaid, OWNER)).toEqual({ outcome: 'closed' });
});

test.each([
  ['0.10', 10],
  ['100000000.00', 10_000_000_000],
  ['88.8', 8_880],
  ['7', 700],
])('%s yuan are %i fen', (total_amount, amount) => {
  expect(readTrade({ ...PAID, total_amount }, OWNER)).toMatchObject({ facts: { amount: { amount } } });
});

test.each(['', '-1.00', '1.001', '1e2', '1,000.00', undefined])(
  'a paid trade that costs %j is unknown: money is not booked by guess',
  (total_amount) => {
    expect(readTrade({ ...PAID, total_amount }, OWNER)).toMatchObject({ outcome: 'unknown' });
  },
);

test('what does not prove that nothing was done is in no table', () => {
  const doubtful: [string, string | undefined][] = [
    ['20000', 'isp.unknow-error'],
    ['40004', 'ACQ.SYSTEM_ERROR'],
    ['40004', 'AQC.SYSTEM_ERROR'],
    ['40004', 'ACQ.REFUND_CHARGE_ERROR'],
    ['40004', 'toString'],
    ['40004', undefined],
    ['40005', 'isv.app-call-limited'],
    ['99999', undefined],
  ];
  for (const [code, subCode] of doubtful) {
    expect(refusalOf(code, subCode), `${code} ${subCode}`).toBeUndefined();
  }
  expect(Object.keys(REFUSALS)).not.toContain('ACQ.SYSTEM_ERROR');
  expect(refusalOf('40002', 'isv.invalid-signature')).toBe('misconfigured');
  expect(refusalOf('40002', 'isv.invalid-parameter')).toBe('invalid');
});
