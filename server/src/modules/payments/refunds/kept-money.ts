import type { Reader } from '../../../kernel/db/index.ts';
import type { Purpose } from '../purpose.ts';
import { readRefundSums } from './refund-repository.ts';

/** What of a purpose's money stays with the shop, in minor units; surplus counts in neither. */
export interface KeptMoney {
  readonly captured: number;
  /** Captured less refunds done or under way, and less what disputes that were lost hold. */
  readonly kept: number;
}

/** Read it with the purpose locked: refunds and disputes move under that lock. */
export async function readKeptMoney(db: Reader, purpose: Purpose): Promise<KeptMoney> {
  const { captured, refundedDone, refundedUnderWay } = await readRefundSums(db, purpose);
  const lost = await db.query
    .selectFrom('disputes')
    .select((select) => select.fn.sum<number | null>('held_amount').as('held'))
    .where('purpose_type', '=', purpose.type)
    .where('purpose_id', '=', purpose.id)
    .where('status', '=', 'lost')
    .where('is_surplus', '=', 0)
    .executeTakeFirstOrThrow();
  const kept = captured - refundedDone - refundedUnderWay - (lost.held ?? 0);
  return { captured, kept: Math.max(0, kept) };
}
