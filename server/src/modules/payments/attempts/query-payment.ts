/**
 * Asks a provider about an attempt and records the answer. Invariant: the answer is recorded in a transaction of its own,
 * whatever becomes of whoever asked (RULES 20).
 *
 * Crash story: an answer that was not recorded is asked for again by the poll job.
 */
import type { QueryPaymentResult } from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import { isReachable, ownerOf, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { liveKeyOf, toKnown } from '../payment.ts';
import { claimPaymentQuery, findLivePayment, lockPayment } from '../payment-repository.ts';
import { isOpen } from '../payment-states.ts';
import type { Purpose } from '../purpose.ts';
import type { PaymentRow } from '../tables.ts';
import { type Applied, applyPaymentResult, type Word } from './apply-payment-result.ts';
import { MINIMUM_QUERY_INTERVAL_MS } from './poll-times.ts';

export interface Recorded {
  readonly applied: Applied;
  /** What the provider said. */
  readonly outcome: QueryPaymentResult['outcome'];
}

/** Queries the provider and applies what it says. */
export async function queryPayment(
  deps: PaymentsDeps,
  row: PaymentRow,
  source: Word['source'],
  deadlineMs?: number,
): Promise<Recorded> {
  const gateway = reachGatewayOf(deps, row);
  const said = await gateway.queryPayment(toKnown(row), deadlineMs);
  const isHoldable = said.outcome === 'approved' && row.capture_mode === 'manual' && deadlineMs === undefined;
  const result = isHoldable ? await holdApproved(deps, row, said) : said;
  return { outcome: result.outcome, applied: await recordResult(deps, row, result, source) };
}

/**
 * Makes a hold of an approval that is still wanted. Should the attempt end in between, the hold is late money, and is given
 * back like any other.
 */
async function holdApproved(
  deps: PaymentsDeps,
  { id }: PaymentRow,
  said: QueryPaymentResult,
): Promise<QueryPaymentResult> {
  const wanted = await deps.db.tx('payment.wants_hold', async (tx) => {
    const row = await lockPayment(tx, deps, id);
    const isLive = row !== undefined && isOpen(row.status) && row.live_key !== null && row.mismatch === null;
    return isLive && (await ownerOf(deps, row.purpose_type).isPayable(tx, row.purpose_id)) ? row : undefined;
  });
  const gateway = wanted && reachGatewayOf(deps, wanted);
  return gateway?.authorisePayment === undefined
    ? said
    : gateway.authorisePayment(toKnown(wanted as PaymentRow));
}

/** Applies a provider's answer to the attempt as it stands now. */
export function recordResult(
  deps: PaymentsDeps,
  { id, provider }: PaymentRow,
  result: QueryPaymentResult,
  source: Word['source'],
): Promise<Applied> {
  return deps.db.tx('payment.record_answer', async (tx) => {
    const row = await lockPayment(tx, deps, id);
    if (row === undefined) {
      throw new Error(`payment ${id} has disappeared`);
    }
    return applyPaymentResult(tx, deps, row, result, { source, by: providerActor(provider) });
  });
}

/**
 * Brings the current attempt of a purpose up to date before somebody reads it: at most once in 5 s, however many read,
 * and within `deadlineMs`; a provider that does not answer in time leaves what is known (RULES 6).
 */
export async function refreshOpenAttempt(
  deps: PaymentsDeps,
  purpose: Purpose,
  deadlineMs: number,
): Promise<void> {
  const row = await findLivePayment(deps.db, liveKeyOf(purpose));
  const isAskable =
    row !== undefined && (row.status === 'pending' || row.status === 'unknown') && isReachable(deps, row);
  if (!isAskable || row.last_queried_at > deps.clock.now() - MINIMUM_QUERY_INTERVAL_MS) {
    return;
  }
  const isOurs = await deps.db.tx('payment.claim_query', (tx) =>
    claimPaymentQuery(tx, row.id, tx.now - MINIMUM_QUERY_INTERVAL_MS),
  );
  if (isOurs) {
    await queryPayment(deps, row, 'query', deadlineMs);
  }
}
