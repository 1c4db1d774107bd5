/**
 * Writes a transfer. Invariant: the entries of a transfer sum to zero in each currency, and a cause is posted once.
 *
 * Crash story: transfer and entries stand in the transaction of what they record (a capture, a refund), so they are
 * there exactly when it is. A second posting of the same cause finds the unique key and writes nothing.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { assertAmount } from '../../kernel/money.ts';
import type { Account } from './account.ts';

/** One side of a transfer; minor units, a debit is positive. */
export interface Posting {
  readonly account: Account;
  readonly amount: number;
}

/** What is to be written down. */
export interface Transfer {
  /** Unique, such as `capture:cap_…`. */
  readonly cause: string;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly entries: readonly Posting[];
}

/** Throws unless the entries sum to zero in each currency; a programmer's error, never a customer's. */
export function assertBalanced(transfer: Transfer): void {
  const sums = new Map<string, number>();
  for (const { account, amount } of transfer.entries) {
    sums.set(account.currency, assertAmount((sums.get(account.currency) ?? 0) + assertAmount(amount)));
  }
  for (const [currency, sum] of sums) {
    if (sum !== 0) {
      throw new Error(`${transfer.cause}: the entries in ${currency} sum to ${sum} and not to zero`);
    }
  }
}

/** The accounts that this process has seen in the database; only a help, an account missing here is looked for again. */
export type OpenedAccounts = Set<string>;

async function openAccounts(tx: Tx, opened: OpenedAccounts, entries: readonly Posting[]): Promise<void> {
  const unseen = new Map(
    entries
      .filter(({ account }) => !opened.has(account.code))
      .map(({ account }) => [account.code, account] as const),
  );
  for (const [code, { kind, currency }] of [...unseen].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await tx.insertOnce('ledger_accounts', { id: code, kind, currency, created_at: tx.now });
    tx.afterCommit(() => opened.add(code));
  }
}

/**
 * Posts the transfer unless its cause is posted already; answers whether this call did. Entries of zero are left out, and
 * a transfer that has no others is not written.
 */
export async function postTransfer(tx: Tx, opened: OpenedAccounts, transfer: Transfer): Promise<boolean> {
  assertBalanced(transfer);
  const entries = transfer.entries.filter(({ amount }) => amount !== 0);
  if (entries.length === 0) {
    return false;
  }
  const id = newId('trf');
  const isNew = await tx.insertOnce('ledger_transfers', {
    id,
    cause: transfer.cause,
    purpose_type: transfer.purpose.type,
    purpose_id: transfer.purpose.id,
    at: tx.now,
  });
  if (!isNew) {
    return false;
  }
  await openAccounts(tx, opened, entries);
  const rows = entries.map(({ account, amount }, index) => ({
    transfer_id: id,
    position: index + 1,
    account: account.code,
    currency: account.currency,
    amount,
    at: tx.now,
  }));
  tx.append('ledger_entries', ...rows);
  return true;
}
