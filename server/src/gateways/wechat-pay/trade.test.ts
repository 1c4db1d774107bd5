import { describe, expect, test } from 'vitest';
import { MCHID, MINI_PROGRAM, paidTrade, payment } from '../../../test/harness/wechat-pay.ts';
import { TRADE_STATES } from '../wechat-answers.ts';
import { readTrade } from './trade.ts';

const resultOf = (trade: object) => readTrade(trade)?.result;

describe('a trade', () => {
  test('gives the facts of its payment', () => {
    expect(readTrade(paidTrade)).toEqual({
      paymentId: payment.id,
      merchantAccount: MCHID,
      result: {
        outcome: 'succeeded',
        facts: {
          amount: { amount: 100, currency: 'CNY' },
          merchantAccount: MCHID,
          appId: MINI_PROGRAM,
          transactionId: '4200000000202611200000000001',
          paidAt: Date.parse('2026-11-20T12:01:02Z'),
          payer: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
        },
      },
    });
  });

  test('counts what the order cost, not what the payer gave after coupons', () => {
    const trade = {
      ...paidTrade,
      amount: { total: 100, payer_total: 1, currency: 'CNY', payer_currency: 'CNY' },
    };
    expect(resultOf(trade)).toMatchObject({ facts: { amount: { amount: 100 } } });
  });

  test('in every state that WeChat Pay documents means exactly one thing', () => {
    const outcomes = Object.keys(TRADE_STATES).map((state) => [
      state,
      resultOf({ ...paidTrade, trade_state: state })?.outcome,
    ]);
    expect(outcomes).toEqual([
      ['NOTPAY', 'pending'],
      ['SUCCESS', 'succeeded'],
      ['REFUND', 'succeeded'],
      ['CLOSED', 'closed'],
      ['USERPAYING', 'pending'],
      ['ACCEPT', 'pending'],
      ['PAYERROR', 'pending'],
      ['REVOKED', 'closed'],
    ]);
  });

  test('in a state that is not known is unknown, whatever it is called', () => {
    for (const state of ['', 'PAID', 'success', 'toString', '__proto__']) {
      expect(resultOf({ ...paidTrade, trade_state: state })).toMatchObject({
        outcome: 'unknown',
        reason: { code: 'unknown_trade_state' },
      });
    }
  });

  test('that is open needs no transaction number', () => {
    const open = { appid: MINI_PROGRAM, mchid: MCHID, out_trade_no: payment.id, trade_state: 'NOTPAY' };
    expect(resultOf(open)).toEqual({ outcome: 'pending' });
  });

  test('that is paid but lacks what money is booked with is unknown, never unpaid', () => {
    for (const field of ['transaction_id', 'success_time', 'amount']) {
      expect(resultOf({ ...paidTrade, [field]: undefined })).toMatchObject({
        outcome: 'unknown',
        reason: { code: 'malformed_answer' },
      });
    }
    expect(resultOf({ ...paidTrade, success_time: 'yesterday' })).toMatchObject({ outcome: 'unknown' });
  });

  test('in another currency, of another merchant or app is handed up as it is', () => {
    const trade = { ...paidTrade, appid: 'wxother', mchid: '1', amount: { total: 7, currency: 'USD' } };
    expect(resultOf(trade)).toMatchObject({
      outcome: 'succeeded',
      facts: { appId: 'wxother', merchantAccount: '1', amount: { amount: 7, currency: 'USD' } },
    });
  });

  test('with an amount that is no whole number of fen is no trade', () => {
    for (const total of [1.5, -1, '100', null, 2 ** 53]) {
      expect(readTrade({ ...paidTrade, amount: { total } })).toBeUndefined();
    }
  });

  test('is nothing that lacks its number, its merchant or its state', () => {
    for (const body of [
      undefined,
      null,
      [],
      'x',
      {},
      { out_trade_no: 'a', mchid: 'b' },
      { mchid: 'b', trade_state: 'SUCCESS' },
    ]) {
      expect(readTrade(body)).toBeUndefined();
    }
  });
});
