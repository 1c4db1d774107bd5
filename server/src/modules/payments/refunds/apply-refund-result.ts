/**
 * The one place where a provider's word meets a refund of ours. Invariant: what contradicts our numbers moves nothing, and
 * what a provider was told to finish is its own to pay until its answer to a later question says that it is not.
 *
 * Crash story: runs in one transaction in which the refund is locked, after its purpose. What is not committed is asked
 * for again by the refund's job.
 */
import type { GatewayReason, RefundFacts, RefundResult } from '../../../gateways/gateway.ts';
import type { Actor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { transition } from '../../../kernel/states.ts';
import { raiseAlert } from '../../alerts/index.ts';
import { awaitPerson } from '../by-hand/await-person.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { RefundRow } from '../tables.ts';
import { completeRefund, failRefund, tellOwner, toSent } from './end-refund.ts';
import { isFinishOver, replacementDelayMs } from './refund.ts';
import { patchRefund } from './refund-repository.ts';
import { type RefundStatus, refundMachine } from './refund-states.ts';

export type RefundApplied =
  | { readonly kind: 'moved' | 'same' }
  /** Only for a notification: it does not match and nothing was changed. */
  | { readonly kind: 'mismatch'; readonly field: string }
  /** The provider has returned money under a number that we had given up. */
  | { readonly kind: 'unexpected'; readonly facts: RefundFacts }
  /** Only for a notification: it contradicts what is final here, so the provider is asked. */
  | { readonly kind: 'doubtful' };

export interface RefundWord {
  readonly source: 'notification' | 'query';
  readonly by: Actor;
}

const MOVED = { kind: 'moved' } as const;
const SAME = { kind: 'same' } as const;

function findRefundMismatch(row: RefundRow, facts: RefundFacts): string | undefined {
  if (facts.merchantAccount !== null && facts.merchantAccount !== row.merchant_account) {
    return 'merchant';
  }
  if (facts.paymentId !== row.payment_id) {
    return 'payment';
  }
  if (facts.amount.currency !== row.currency) {
    return 'currency';
  }
  return facts.amount.amount === row.amount ? undefined : 'amount';
}

/** Applies what a provider says of the refund `row`, which the caller has locked. */
export async function applyRefundResult(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  result: RefundResult,
  word: RefundWord,
): Promise<RefundApplied> {
  const field = 'facts' in result ? findRefundMismatch(row, result.facts) : undefined;
  if (field !== undefined) {
    return word.source === 'notification' ? { kind: 'mismatch', field } : holdMismatch(tx, row, field, word);
  }
  switch (result.outcome) {
    case 'succeeded':
      return succeed(tx, deps, row, result.facts, word);
    case 'pending':
      return accept(tx, row, result.facts, word.by);
    case 'abnormal':
      return becomeAbnormal(tx, deps, row, result.facts, word);
    case 'failed':
      return applyFailure(tx, deps, row, result.reason, word);
    case 'refused_for_now':
    case 'not_sent':
      return waitForBetterTimes(tx, row, result.outcome, result.reason, word.by);
    case 'by_hand':
      return (await awaitPerson(tx, row)) ? MOVED : SAME;
    case 'unknown':
      return row.status === 'sent'
        ? move(tx, row, 'unknown', word.by, { failure: result.reason.code })
        : SAME;
  }
}

/** Moves a refund that is on its way; one that was refused for now and yet reached its provider goes through `sent`. */
async function move(
  tx: Tx,
  row: RefundRow,
  to: RefundStatus,
  by: Actor,
  set: Partial<RefundRow>,
): Promise<RefundApplied> {
  if (row.status === to || !['reserved', 'sent', 'unknown'].includes(row.status)) {
    return SAME;
  }
  const sent = await toSent(tx, row, by);
  if (to === 'sent') {
    await patchRefund(tx, sent, set);
  } else {
    await transition<RefundRow>(tx, refundMachine, sent, { status: to }, { by, set });
  }
  return MOVED;
}

async function holdMismatch(
  tx: Tx,
  row: RefundRow,
  field: string,
  { by }: RefundWord,
): Promise<RefundApplied> {
  const details = { field, amount: row.amount, currency: row.currency };
  await raiseAlert(tx, { kind: 'refund_mismatch', subject: row.id, severity: 'critical', details });
  return move(tx, row, 'unknown', by, { failure: 'mismatch' });
}

async function accept(tx: Tx, row: RefundRow, facts: RefundFacts, by: Actor): Promise<RefundApplied> {
  const set = { provider_refund_id: facts.providerRefundId, failure: null };
  if (row.status === 'unknown') {
    await transition<RefundRow>(tx, refundMachine, row, { status: 'sent' }, { by, set });
    return MOVED;
  }
  if (row.status === 'sent' && row.provider_refund_id === null) {
    await patchRefund(tx, row, set);
    return MOVED;
  }
  return move(tx, row, 'sent', by, set);
}

async function succeed(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  facts: RefundFacts,
  { by }: RefundWord,
): Promise<RefundApplied> {
  if (row.status === 'succeeded') {
    // What a person has paid, or the customer has as store credit, and the provider pays too has gone back twice.
    return row.paid_out_by === null && row.paid_from === null ? SAME : { kind: 'unexpected', facts };
  }
  if (!['reserved', 'sent', 'unknown', 'abnormal'].includes(row.status)) {
    return { kind: 'unexpected', facts };
  }
  await completeRefund(tx, deps, row, {
    by,
    set: {
      provider_refund_id: facts.providerRefundId,
      succeeded_at: facts.finishedAt ?? tx.now,
      failure: null,
    },
  });
  return MOVED;
}

/** The payer's account is gone, or the like: the money is neither back nor ours, and a person must see to it. */
async function becomeAbnormal(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  facts: RefundFacts,
  { source, by }: RefundWord,
): Promise<RefundApplied> {
  if (source === 'query' && isFinishOver(row, deps.outboundTimeoutMs)) {
    await patchRefund(tx, row, { finishing_at: null });
    return MOVED;
  }
  const set = { provider_refund_id: facts.providerRefundId, failure: 'abnormal' };
  const applied = await move(tx, row, 'abnormal', by, set);
  if (applied.kind === 'moved') {
    const details = { amount: row.amount, currency: row.currency };
    await raiseAlert(tx, { kind: 'refund_abnormal', subject: row.id, severity: 'critical', details });
    await tellOwner(tx, deps, { ...row, ...set, status: 'abnormal' }, by);
  }
  return applied;
}

/** The same number again later: the balance does not cover it, or the provider was not reached (RULES 11). */
async function waitForBetterTimes(
  tx: Tx,
  row: RefundRow,
  outcome: 'refused_for_now' | 'not_sent',
  reason: GatewayReason,
  by: Actor,
): Promise<RefundApplied> {
  if (row.status !== 'sent') {
    return SAME;
  }
  const set = { failure: reason.code };
  await transition<RefundRow>(tx, refundMachine, row, { status: 'reserved' }, { by, note: reason.code, set });
  if (outcome === 'refused_for_now') {
    const details = { code: reason.code, amount: row.amount, currency: row.currency };
    await raiseAlert(tx, { kind: 'refund_refused', subject: row.id, severity: 'warning', details });
  }
  return MOVED;
}

async function applyFailure(
  tx: Tx,
  deps: PaymentsDeps,
  row: RefundRow,
  reason: GatewayReason,
  { source, by }: RefundWord,
): Promise<RefundApplied> {
  const wasSucceeded = row.status === 'succeeded';
  if (wasSucceeded && (row.paid_out_by !== null || row.paid_from !== null)) {
    // It went back another way, which the provider knows nothing of.
    return SAME;
  }
  if (wasSucceeded && source === 'notification') {
    return { kind: 'doubtful' };
  }
  if (!wasSucceeded && !['reserved', 'sent', 'unknown', 'abnormal'].includes(row.status)) {
    return SAME;
  }
  const { code } = reason;
  await failRefund(tx, deps, row, { by, code, retryAt: tx.now + replacementDelayMs(row.generation) });
  return MOVED;
}
