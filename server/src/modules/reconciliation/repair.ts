/**
 * Repairs differences by asking the provider again. Invariant: nothing is moved here; payments records the provider's
 * answer with all its checks, and the difference goes when the comparison does not find it any more.
 *
 * Crash story: the answer is recorded by payments before anything is written here; a difference whose repair died is looked
 * at again by the next run of the account.
 */
import type { Actor } from '../../kernel/actor.ts';
import { AppError, isError, providerUnavailable } from '../../kernel/errors.ts';
import type { Answer } from '../payments/index.ts';
import type { BillSource } from './bill-source.ts';
import type { ReconciliationDeps } from './deps.ts';
import type { DifferenceKind } from './difference-kind.ts';
import { findDifference, pageDifferences, patchDifference } from './difference-repository.ts';
import { differenceNotAskable } from './errors.ts';
import { recheck } from './recheck.ts';
import type { BillDifferenceRow, BillRunRow } from './tables.ts';

/** How many are asked for by themselves in one run: a bill that is all wrong is for a person. */
const ASKED_AT_MOST = 200;
const PAGE = 50;
const ASKABLE: readonly DifferenceKind[] = ['missing_here', 'missing_there', 'amount', 'status'];

/** Whether the provider's answer to a query can clear up the difference. */
export function isAskable({ kind, type }: Pick<BillDifferenceRow, 'kind' | 'type'>): boolean {
  return ASKABLE.includes(kind) && (type === 'payment' || type === 'refund');
}

async function ask(deps: ReconciliationDeps, row: BillDifferenceRow): Promise<Answer> {
  const answer = await deps.payments.askAgain({
    provider: row.provider,
    merchantAccount: row.merchant_account,
    type: row.type === 'refund' ? 'refund' : 'payment',
    number: row.type === 'payment' ? (row.payment_number ?? row.number) : row.number,
    paymentNumber: row.payment_number,
    transactionId: row.transaction_id,
  });
  await deps.db.tx('bill.asked', async (tx) => {
    const present = await tx.lock('bill_differences', row.id);
    if (present !== undefined) {
      await patchDifference(tx, present, { asked_at: tx.now, answer });
    }
  });
  return answer;
}

/** Asks about one difference because a person wants to know; answers the row as it stands then. */
export async function repairDifference(
  deps: ReconciliationDeps,
  source: BillSource,
  row: BillDifferenceRow,
  by: Actor,
): Promise<BillDifferenceRow> {
  if (!isAskable(row)) {
    throw new AppError(differenceNotAskable);
  }
  const answer = await ask(deps, row);
  await recheck(deps, source, [row], `asked again: ${answer}`, by);
  return (await findDifference(deps.db, row.id)) ?? row;
}

/** Asks about what a run has found and nobody has asked about yet; answers how many differences are gone. */
export async function repairRun(
  deps: ReconciliationDeps,
  source: BillSource,
  run: BillRunRow,
): Promise<number> {
  let gone = 0;
  let asked = 0;
  for (let after = ''; asked < ASKED_AT_MOST; ) {
    const wanted = { runId: run.id, states: ['open'] as const, kinds: ASKABLE };
    const rows = await pageDifferences(deps.db, { ...wanted, after, limit: PAGE });
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    for (const row of rows.filter(isAskable)) {
      try {
        const answer = await ask(deps, row);
        gone += await recheck(deps, source, [row], `asked again: ${answer}`);
      } catch (error) {
        if (!isError(error, providerUnavailable)) {
          throw error;
        }
        // It stays open: the next run of the account asks again.
        return gone;
      }
      asked += 1;
    }
    after = last.id;
  }
  return gone;
}
