import { expect, test } from 'vitest';
import { toBillRow } from './bill.ts';

const line = {
  ...{ id: 'txn_1', type: 'adjustment', reporting_category: 'dispute', created: 1_700_000_000 },
  ...{ amount: -4_600, fee: 1_400, net: -6_000, currency: 'eur' },
};
const source = { id: 'du_1', object: 'dispute', amount: 5_000, currency: 'usd', metadata: {} };

test('what a dispute moves is told in the payment’s currency, whatever the account is settled in', () => {
  expect(toBillRow({ ...line, source }, 'acct_1')).toMatchObject({
    ...{ type: 'dispute', transactionId: 'txn_1', amount: { amount: 5_000, currency: 'USD' }, fee: null },
  });
});

test('a dispute in the account’s own currency keeps what the line moves, with its fee', () => {
  const own = { ...source, currency: 'eur' };
  expect(toBillRow({ ...line, source: own }, 'acct_1')).toMatchObject({
    ...{ transactionId: 'txn_1', amount: { amount: 4_600, currency: 'EUR' }, fee: 1_400 },
  });
});
