import { describe, expect, test } from 'vitest';
import { typeOfCode } from './bill-codes.ts';
import { DISPUTE_OUTCOMES, DISPUTE_STATUSES } from './dispute.ts';
import { refusalOf } from './issues.ts';
import { readPaypalMoney, toPaypalMoney } from './money.ts';
import { AUTHORISATION_STATUSES, CAPTURE_STATUSES, ORDER_STATUSES } from './order.ts';
import { REFUND_STATUSES, splitCustomId } from './refund-reading.ts';
import published from './vectors/issues.json' with { type: 'json' };

test.each(published.issues)('the issue %s has a meaning', (issue) => {
  expect(refusalOf(issue)).toBeDefined();
});

test('an issue that nobody has published has none', () => {
  expect(refusalOf('SOMETHING_NEW')).toBeUndefined();
});

// As PayPal's specification lists them.
test.each([
  ['orders', ORDER_STATUSES, 'CREATED SAVED APPROVED VOIDED COMPLETED PAYER_ACTION_REQUIRED'],
  ['captures', CAPTURE_STATUSES, 'COMPLETED DECLINED PARTIALLY_REFUNDED PENDING REFUNDED FAILED'],
  [
    'authorisations',
    AUTHORISATION_STATUSES,
    'CREATED CAPTURED DENIED PARTIALLY_CAPTURED VOIDED PENDING EXPIRED',
  ],
  ['refunds', REFUND_STATUSES, 'CANCELLED FAILED PENDING COMPLETED'],
  [
    'disputes',
    DISPUTE_STATUSES,
    'OPEN WAITING_FOR_BUYER_RESPONSE WAITING_FOR_SELLER_RESPONSE UNDER_REVIEW RESOLVED OTHER',
  ],
  [
    'resolved disputes',
    DISPUTE_OUTCOMES,
    'RESOLVED_BUYER_FAVOUR RESOLVED_SELLER_FAVOUR RESOLVED_WITH_PAYOUT CANCELED_BY_BUYER ACCEPTED DENIED NONE',
  ],
])('every status of %s has a meaning', (_what, table, statuses) => {
  expect(Object.keys(table).sort()).toEqual(statuses.split(' ').sort());
});

describe('amounts', () => {
  test.each([
    [{ amount: 1, currency: 'USD' }, '0.01'],
    [{ amount: 123_456, currency: 'EUR' }, '1234.56'],
    [{ amount: 1_200, currency: 'JPY' }, '1200'],
    [{ amount: 120_000, currency: 'TWD' }, '1200'],
  ])('%o is said and read as %s', (money, value) => {
    const said = toPaypalMoney(money);
    expect(said).toEqual({ currency_code: money.currency, value });
    expect(said && readPaypalMoney(said)).toEqual(money);
  });

  test('a part of a unit that PayPal does not know can not be said', () => {
    expect(toPaypalMoney({ amount: 120_001, currency: 'TWD' })).toBeUndefined();
    expect(toPaypalMoney({ amount: 100, currency: 'CNY' })).toBeUndefined();
    expect(readPaypalMoney({ currency_code: 'USD', value: '1.001' })).toBeUndefined();
  });
});

test('transaction codes are payments, refunds, disputes or something else', () => {
  const types = ['T0006', 'T1107', 'T1106', 'T1201', 'T0400', 'T0114'].map((code) => typeOfCode(code, true));
  expect(types).toEqual(['payment', 'refund', 'dispute', 'dispute', 'other', 'dispute']);
  expect(['T1110', 'T1111'].map((code) => typeOfCode(code, true))).toEqual(['other', 'other']);
  expect(typeOfCode('T0003', false)).toBe('other');
});

test('a refund names its payment, and itself where it is ours', () => {
  expect(splitCustomId('pay_1.ref_1')).toEqual({ paymentId: 'pay_1', refundId: 'ref_1' });
  expect(splitCustomId('pay_1')).toEqual({ paymentId: 'pay_1', refundId: null });
});
