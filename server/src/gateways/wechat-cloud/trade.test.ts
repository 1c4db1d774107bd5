import { describe, expect, test } from 'vitest';
import {
  done,
  makeCloudGateway,
  paidTrade,
  payment,
  refused,
  SUB_MCHID,
} from '../../../test/harness/wechat-cloud.ts';
import { readTrade } from './trade.ts';

test('a paid trade is booked at its whole price, for our own merchant and app', () => {
  expect(readTrade(paidTrade)).toEqual({
    paymentId: payment.id,
    result: {
      outcome: 'succeeded',
      facts: {
        amount: { amount: 100, currency: 'CNY' },
        merchantAccount: SUB_MCHID,
        appId: payment.appId,
        transactionId: paidTrade.transaction_id,
        paidAt: Date.parse('2026-11-20T20:01:02+08:00'),
        payer: payment.openid,
      },
    },
  });
});

test('digits are as good as numbers', () => {
  expect(readTrade({ ...paidTrade, total_fee: '100' })).toEqual(readTrade(paidTrade));
});

describe('what does not tell of money', () => {
  const { total_fee: _fee, ...withoutFee } = paidTrade;
  const { time_end: _time, ...withoutTime } = paidTrade;
  test.each([
    ['without an amount', withoutFee],
    ['without a time', withoutTime],
    ['without a transaction', { ...paidTrade, transaction_id: '' }],
    ['in a state that is not known', { ...paidTrade, trade_state: 'DONE' }],
    ['in a state named like a property of every object', { ...paidTrade, trade_state: 'toString' }],
  ])('it is not booked %s', (_name, data) => {
    expect(readTrade(data)?.result).toMatchObject({ outcome: 'unknown' });
  });

  test.each([
    ['a negative amount', { ...paidTrade, total_fee: -1 }],
    ['half a fen', { ...paidTrade, total_fee: 0.5 }],
    ['no merchant', { ...paidTrade, sub_mch_id: undefined }],
  ])('it is not booked with %s', (_name, data) => {
    expect(readTrade(data)).toBeUndefined();
  });
});

test("another payment's trade says nothing about this one", async () => {
  const { gateway, answers } = makeCloudGateway();
  answers(done({ ...paidTrade, out_trade_no: 'pay_another0000000000000000' }));
  expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'unknown' });
});

test.each([
  ['NOTPAY', 'pending'],
  ['USERPAYING', 'pending'],
  ['CLOSED', 'closed'],
] as const)('%s is %s', (state, outcome) => {
  const trade = { out_trade_no: payment.id, sub_mch_id: SUB_MCHID, trade_state: state };
  expect(readTrade(trade)?.result).toMatchObject({ outcome });
});

test('a trade that WeChat Pay does not have is not found', async () => {
  const { gateway, answers } = makeCloudGateway();
  answers(refused('ORDERNOTEXIST'));
  expect(await gateway.queryPayment(payment)).toEqual({ outcome: 'not_found' });
});
