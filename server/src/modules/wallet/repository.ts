/** The SQL on wallets that verbs decide on; lists for people are in queries.ts. */
import {
  type Reader,
  statement,
  TransactionConflict,
  type Tx,
  updateVersioned,
} from '../../kernel/db/index.ts';
import type { HoldRow, LotRow, ReceivableRow, WalletRow, WalletTransactionRow } from './tables.ts';

const liveLotsOf = statement<{ walletId: string }, LotRow>((query, p) =>
  query.selectFrom('wallet_lots').selectAll().where('wallet_id', '=', p.walletId).where('available', '>', 0),
);

const lotsByOrigin = statement<{ walletId: string; origin: string }, LotRow>((query, p) =>
  query
    .selectFrom('wallet_lots')
    .selectAll()
    .where('origin', '=', p.origin)
    .where('wallet_id', '=', p.walletId)
    .orderBy('bucket'),
);

const byCause = statement<{ cause: string }, WalletTransactionRow>((query, p) =>
  query.selectFrom('wallet_transactions').selectAll().where('cause', '=', p.cause),
);

const holdByClaim = statement<{ claimId: string }, HoldRow>((query, p) =>
  query.selectFrom('wallet_holds').selectAll().where('claim_id', '=', p.claimId),
);

const holdByReference = statement<{ walletId: string; reference: string }, HoldRow>((query, p) =>
  query
    .selectFrom('wallet_holds')
    .selectAll()
    .where('wallet_id', '=', p.walletId)
    .where('reference', '=', p.reference),
);

const lotsOfHold = statement<{ holdId: string }, LotRow & { taken: number }>((query, p) =>
  query
    .selectFrom('wallet_hold_lots')
    .innerJoin('wallet_lots', 'wallet_lots.id', 'wallet_hold_lots.lot_id')
    .selectAll('wallet_lots')
    .select('wallet_hold_lots.amount as taken')
    .where('wallet_hold_lots.hold_id', '=', p.holdId),
);

const receivablesOfLot = statement<{ lotId: string }, ReceivableRow>((query, p) =>
  query
    .selectFrom('wallet_receivables')
    .selectAll()
    .where('lot_id', '=', p.lotId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc'),
);

/** Moves coins of a lot; the condition finds out a caller that did not hold the wallet. */
const moveLot = statement<
  Pick<LotRow, 'id' | 'available' | 'held' | 'used' | 'expired' | 'returned' | 'due_at'> & {
    now: number;
    availableBefore: number;
    heldBefore: number;
    usedBefore: number;
  }
>((query, p) =>
  query
    .updateTable('wallet_lots')
    .set({
      available: p.available,
      held: p.held,
      used: p.used,
      expired: p.expired,
      returned: p.returned,
      due_at: p.due_at,
      updated_at: p.now,
    })
    .where('id', '=', p.id)
    .where('available', '=', p.availableBefore)
    .where('held', '=', p.heldBefore)
    .where('used', '=', p.usedBefore),
);

export const findLiveLots = (db: Reader, walletId: string) => liveLotsOf.all(db, { walletId });
export const findLotsByOrigin = (db: Reader, walletId: string, origin: string) =>
  lotsByOrigin.all(db, { walletId, origin });
export const findTransactionByCause = (db: Reader, cause: string) => byCause.first(db, { cause });
export const findHoldByClaim = (db: Reader, claimId: string) => holdByClaim.first(db, { claimId });
export const findHoldByReference = (db: Reader, walletId: string, reference: string) =>
  holdByReference.first(db, { walletId, reference });
export const findReceivablesOfLot = (db: Reader, lotId: string) => receivablesOfLot.all(db, { lotId });

/** The coins that a hold has set aside, as their lots stand now. */
export async function findHeldParts(
  db: Reader,
  holdId: string,
): Promise<{ readonly lot: LotRow; readonly amount: number }[]> {
  const rows = await lotsOfHold.all(db, { holdId });
  return rows.map(({ taken, ...lot }) => ({ lot, amount: taken }));
}

/** Throws a TransactionConflict when the lot is not as it was read. */
export async function saveLot(tx: Tx, before: LotRow, after: LotRow): Promise<void> {
  const { id, available, held, used, expired, returned, due_at } = after;
  const moved = await moveLot.run(tx, {
    ...{ id, available, held, used, expired, returned, due_at, now: tx.now },
    ...{ availableBefore: before.available, heldBefore: before.held, usedBefore: before.used },
  });
  if (moved !== 1) {
    throw new TransactionConflict(`lot ${id} has changed since it was read`);
  }
}

/** Throws a TransactionConflict when the wallet is not as it was read. */
export async function saveWallet(
  tx: Tx,
  row: WalletRow,
  set: Pick<WalletRow, 'paid' | 'gift' | 'held' | 'owed'>,
): Promise<WalletRow> {
  const values = { ...set, version: row.version + 1, updated_at: tx.now };
  await updateVersioned(tx, 'wallets', row, values);
  return { ...row, ...values };
}

/** Changes columns that are no status. Throws a TransactionConflict when the row has moved since it was read. */
export async function patchReceivable(
  tx: Tx,
  row: ReceivableRow,
  set: Partial<Pick<ReceivableRow, 'open_amount' | 'collected' | 'waived' | 'annulled'>>,
): Promise<ReceivableRow> {
  await updateVersioned(tx, 'wallet_receivables', row, { ...set, updated_at: tx.now });
  return { ...row, ...set, updated_at: tx.now };
}
