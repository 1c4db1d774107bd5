import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINT, openWalletStand, type WalletStand } from '../../../test/harness/wallet.ts';
import { HOUR_MS } from '../../kernel/clock.ts';

const CUSTOMER = 'usr_1';
let stand: WalletStand;

beforeEach(async () => {
  stand = await openWalletStand();
  const origin = await stand.credit(CUSTOMER, { paid: 1_000, gift: 200 });
  await stand.tx((tx) => stand.wallets.hold(tx, stand.spending(CUSTOMER, 300), stand.clock.now() + HOUR_MS));
  const occasion = { cause: 'back:1', purpose: { type: 'order', id: 'ord_1' }, by: MINT };
  await stand.tx((tx) =>
    stand.wallets.takeBack(tx, {
      ...{ ...occasion, customerId: CUSTOMER, origin, paid: 1_000, shortfall: 'receivable' },
    }),
  );
  expect(await stand.violations()).toEqual([]);
});

afterEach(() => stand.close());

async function damage(statement: string): Promise<Set<string>> {
  await stand.db.administer((connection) => connection.run(statement, []));
  return new Set((await stand.violations()).map(({ invariant }) => invariant));
}

test.each([
  ['a balance that nobody moved', 'UPDATE wallets SET paid = paid + 1'],
  ['a debt that nobody has', 'UPDATE wallets SET owed = owed + 1'],
  ['coins of a lot that are elsewhere', 'UPDATE wallet_lots SET used = used + held, held = 0'],
  ['a line of a statement that is gone', "DELETE FROM wallet_transactions WHERE type = 'hold'"],
  ['a transfer that is gone', "DELETE FROM ledger_transfers WHERE cause = 'back:1'"],
  ['an entry of the ledger that is gone', "DELETE FROM ledger_entries WHERE account = 'wallet_held:COIN'"],
  ['a hold that has ended without its coins', "UPDATE wallet_holds SET status = 'released'"],
])('the doctor finds %s', async (_what, statement) => {
  expect(await damage(statement)).toContain('I12');
});

test('the doctor finds a hold that nothing will end', async () => {
  expect(await damage("DELETE FROM jobs WHERE name = 'wallet_hold.expire'")).toEqual(new Set(['I10']));
});
