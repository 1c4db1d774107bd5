/** The rows of `stock_reservations`: written once, ended once. */
import { statement, TransactionConflict, type Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { StockLine } from './stock.ts';
import type { StockReservationRow } from './tables.ts';

type State = StockReservationRow['state'];

const selectByOwner = statement<{ ownerId: string; state: State }, StockReservationRow>((query, p) =>
  query
    .selectFrom('stock_reservations')
    .selectAll()
    .where('owner_id', '=', p.ownerId)
    .where('state', '=', p.state)
    .orderBy('variant_id')
    .orderBy('id'),
);

const moveOne = statement<Pick<StockReservationRow, 'owner_id' | 'variant_id' | 'id'> & Move>((query, p) =>
  query
    .updateTable('stock_reservations')
    .set({ state: p.to, updated_at: p.now })
    .where('owner_id', '=', p.owner_id)
    .where('variant_id', '=', p.variant_id)
    .where('id', '=', p.id)
    .where('state', '=', p.from),
);

interface Move {
  readonly from: State;
  readonly to: State;
  readonly now: number;
}

/** The owner's reservations in this state, by variant: the order in which stock is locked. */
export function readReservations(tx: Tx, ownerId: string, state: State): Promise<StockReservationRow[]> {
  return selectByOwner.all(tx, { ownerId, state });
}

/**
 * Moves one reservation to another state, before its units are moved: whoever moves the row may move the units. Throws a
 * TransactionConflict when somebody else was faster, so that `db.tx` looks again.
 */
export async function moveReservation(
  tx: Tx,
  row: StockReservationRow,
  to: Exclude<State, 'live'>,
): Promise<void> {
  const { owner_id, variant_id, id, state: from } = row;
  if ((await moveOne.run(tx, { owner_id, variant_id, id, from, to, now: tx.now })) !== 1) {
    throw new TransactionConflict(`reservation ${id} is no longer ${from}`);
  }
}

const shrinkUsed = statement<
  Pick<StockReservationRow, 'owner_id' | 'variant_id' | 'id'> & {
    readonly quantity: number;
    readonly now: number;
  }
>((query, p) =>
  query
    .updateTable('stock_reservations')
    .set((set) => ({ quantity: set('quantity', '-', p.quantity), updated_at: p.now }))
    .where('owner_id', '=', p.owner_id)
    .where('variant_id', '=', p.variant_id)
    .where('id', '=', p.id)
    .where('state', '=', 'used')
    .where('quantity', '>', p.quantity),
);

/**
 * Takes a part of what was shipped off its reservation, which then covers only what is still out. Throws a
 * TransactionConflict when somebody else was faster.
 */
export async function shrinkReservation(tx: Tx, row: StockReservationRow, quantity: number): Promise<void> {
  const { owner_id, variant_id, id } = row;
  if ((await shrinkUsed.run(tx, { owner_id, variant_id, id, quantity, now: tx.now })) !== 1) {
    throw new TransactionConflict(`reservation ${id} no longer has more than ${quantity}`);
  }
}

interface Owner {
  readonly type: StockReservationRow['owner_type'];
  readonly id: string;
  readonly expiresAt: number | null;
}

/** The rows of new, live reservations. */
export function toReservations(tx: Tx, owner: Owner, lines: readonly StockLine[]): StockReservationRow[] {
  return lines.map(({ variantId, quantity }) => ({
    owner_id: owner.id,
    variant_id: variantId,
    id: newId('rsv'),
    owner_type: owner.type,
    quantity,
    state: 'live',
    expires_at: owner.expiresAt,
    created_at: tx.now,
    updated_at: tx.now,
  }));
}
