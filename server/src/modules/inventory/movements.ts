import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { StockLine } from './stock.ts';
import type { MovementReason } from './tables.ts';

interface Cause {
  readonly reason: MovementReason;
  /** The order that moved the goods; `null` for a count. */
  readonly causeId: string | null;
  readonly note?: string | undefined;
  readonly by: Actor;
}

/** Writes down what came to the shelf (or left it, negative); a movement of nothing is none. */
export async function recordMovements(tx: Tx, lines: readonly StockLine[], cause: Cause): Promise<void> {
  const rows = lines
    .filter(({ quantity }) => quantity !== 0)
    .map(({ variantId, quantity }) => ({
      id: newId('mov'),
      variant_id: variantId,
      quantity,
      reason: cause.reason,
      cause_id: cause.causeId,
      note: cause.note ?? null,
      actor_type: cause.by.type,
      actor_id: cause.by.id,
      at: tx.now,
    }));
  if (rows.length > 0) {
    await tx.query.insertInto('stock_movements').values(rows).execute();
  }
}
