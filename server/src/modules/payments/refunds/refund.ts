import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../kernel/clock.ts';

/**
 * Why money goes back: `late` (surplus: late, second or excess money) and `cancel` are owed and are tried until they are
 * done; `mismatch` was decided by a person over money that did not match; `provider` was made without us.
 */
export type RefundOrigin = 'cancel' | 'staff' | 'late' | 'customer' | 'mismatch' | 'provider';

/** Where a refund goes: back to the payer, or into the customer's wallet as store credit. */
export const REFUND_TARGETS = ['payer', 'store_credit'] as const;

export type RefundTarget = (typeof REFUND_TARGETS)[number];

/** Where it went, or goes. */
export function targetOf({ paid_from: paidFrom }: { readonly paid_from: string | null }): RefundTarget {
  return paidFrom === 'store_credit' ? 'store_credit' : 'payer';
}

const OWED: readonly RefundOrigin[] = ['late', 'cancel', 'mismatch'];

/**
 * Whether a refund that failed must be begun anew under another number (RULES 11): what nobody may keep, and what a person
 * has agreed to when it was asked for.
 */
export function isOwed(refund: {
  readonly origin: RefundOrigin;
  readonly request_id: string | null;
}): boolean {
  return refund.request_id !== null || isNobodysToKeep(refund.origin);
}

/** Whether it is promised whatever the provider's limits are. */
export function isNobodysToKeep(origin: RefundOrigin): boolean {
  return OWED.includes(origin);
}

/** Who said that a payout came back; they may not say that the next one of its money was paid. */
export interface BounceTellers {
  readonly toldBy: string;
  /** The second person, where a line of a bank statement tells of it. */
  readonly confirmedBy: string | null;
}

/** Whether the provider no longer knows of it, so that nothing is asked: a person has it. */
export function isWithPerson(refund: { readonly by_hand: number; readonly status: string }): boolean {
  return refund.by_hand === 1 && (refund.status === 'sent' || refund.status === 'abnormal');
}

/** How long an order to finish a refund may still reach its provider: a key to seal with, the order, a question. */
const CALLS_OF_A_FINISH = 3;
const CALL_MARGIN_MS = 5 * SECOND_MS;

/** When an order to finish the refund that was begun at `finishingAt` can have no effect any more (ms). */
export function finishUnderWayUntil(finishingAt: number, outboundTimeoutMs: number): number {
  return finishingAt + CALLS_OF_A_FINISH * outboundTimeoutMs + CALL_MARGIN_MS;
}

/** Whether an answer that the refund is still abnormal is about a time after its provider was told to finish it. */
export function isFinishOver(
  refund: { readonly finishing_at: number | null; readonly last_queried_at: number },
  outboundTimeoutMs: number,
): boolean {
  const { finishing_at: finishingAt, last_queried_at: askedAt } = refund;
  return finishingAt !== null && askedAt >= finishUnderWayUntil(finishingAt, outboundTimeoutMs);
}

const POLL_STEPS_MS = [1, 1, 1, 1, 1, 5, 10, 20].map((minutes) => minutes * MINUTE_MS);
const POLL_EVERY_MS = 30 * MINUTE_MS;

/** When a refund that was sent at `sentAt` is asked for next: 1 minute five times, then 5, 10, 20 and every 30 minutes. */
export function nextRefundPollAt(sentAt: number, now: number): number {
  let at = sentAt;
  for (const step of POLL_STEPS_MS) {
    at += step;
    if (at > now) {
      return at;
    }
  }
  return now + POLL_EVERY_MS;
}

/** How long to wait before a refused or replaced refund is sent again, after `tries` of them. */
export function refundBackoffMs(tries: number): number {
  return Math.min(POLL_EVERY_MS, MINUTE_MS * 2 ** Math.min(tries, 10));
}

/** How long the successor of a refund that failed for good waits: what stands in its way is a person's to remove. */
export function replacementDelayMs(generation: number): number {
  return Math.min(DAY_MS, HOUR_MS * 2 ** Math.min(generation, 10));
}
