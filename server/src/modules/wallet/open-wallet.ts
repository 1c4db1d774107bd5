/**
 * Takes a customer's wallet for a change: its row is locked until the end of the transaction (RULES 19: after the order,
 * the payment, the refund and the stock). Gifts whose time is over leave first, each with a transfer of its own, so that
 * whoever has opened a wallet sees only what can be spent.
 */
import { systemActor } from '../../kernel/actor.ts';
import { TransactionConflict, type Tx } from '../../kernel/db/index.ts';
import { changeWallet } from './change-wallet.ts';
import type { WalletDeps } from './deps.ts';
import { findLiveLots } from './repository.ts';
import type { LotRow, WalletRow } from './tables.ts';

export interface OpenWallet {
  readonly wallet: WalletRow;
  /** Those of which something can be spent. */
  readonly lots: readonly LotRow[];
}

export function walletIdOf(customerId: string, currency: string): string {
  return `${customerId}:${currency}`;
}

/** Opens the wallet, and makes it where the customer has none in this currency. */
export async function openWallet(
  tx: Tx,
  deps: Pick<WalletDeps, 'ledger'>,
  customerId: string,
  currency: string,
): Promise<OpenWallet> {
  const id = walletIdOf(customerId, currency);
  const present = (await tx.lock('wallets', id)) ?? (await create(tx, { id, customerId, currency }));
  return expireDue(tx, deps, present, await findLiveLots(tx, id));
}

async function create(
  tx: Tx,
  { id, customerId, currency }: { id: string; customerId: string; currency: string },
): Promise<WalletRow> {
  await tx.insertOnce('wallets', {
    ...{ id, version: 0, customer_id: customerId, currency },
    ...{ paid: 0, gift: 0, held: 0, owed: 0, created_at: tx.now, updated_at: tx.now },
  });
  const row = await tx.lock('wallets', id);
  if (row === undefined) {
    throw new TransactionConflict(`wallet ${id} is being made by somebody else`);
  }
  return row;
}

/** What was let go after its time has come back for a moment only; hence the count in the cause. */
async function expireDue(
  tx: Tx,
  deps: Pick<WalletDeps, 'ledger'>,
  wallet: WalletRow,
  lots: readonly LotRow[],
): Promise<OpenWallet> {
  const isDue = ({ due_at: dueAt }: LotRow) => dueAt !== null && dueAt <= tx.now;
  let current = wallet;
  for (const lot of lots.filter(isDue).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    current = await changeWallet(tx, deps, current, {
      type: 'expiry',
      cause: `gift_expired:${lot.id}:${lot.expired}`,
      purpose: { type: 'lot', id: lot.id },
      by: systemActor('wallet.expire_gifts'),
      moves: [{ lot, from: 'available', to: 'expired', amount: lot.available }],
    });
  }
  return { wallet: current, lots: lots.filter((lot) => !isDue(lot)) };
}
