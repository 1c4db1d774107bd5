/** Rules of an attempt that need no database. */
import type {
  CardDetails,
  KnownPayment,
  PaymentFacts,
  PaymentMethod,
  PaymentRequest,
} from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { PaymentNotice, Purpose } from './purpose.ts';
import type { PaymentRow } from './tables.ts';

/** Added to the outbound time-out: how far a call may begin after the row that announces it. */
const CALL_MARGIN_MS = 5 * SECOND_MS;
const POLL_OFFSETS_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  3 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
];
const POLL_EVERY_MS = 30 * MINUTE_MS;
const SWEEP_EVERY_MS = 6 * HOUR_MS;

export function purposeOf(row: { purpose_type: string; purpose_id: string }): Purpose {
  return { type: row.purpose_type, id: row.purpose_id };
}

export function liveKeyOf(purpose: Purpose): string {
  return `${purpose.type}:${purpose.id}`;
}

export function toNotice(row: PaymentRow, at: number, by: Actor): PaymentNotice {
  return {
    paymentId: row.id,
    purpose: purposeOf(row),
    provider: row.provider,
    method: row.method,
    amount: { amount: row.amount, currency: row.currency },
    at,
    by,
  };
}

/** The call that creates the attempt at its provider; the same row always gives the same bytes. */
export function toRequest(row: PaymentRow): PaymentRequest {
  return {
    id: row.id,
    method: row.method,
    amount: { amount: row.amount, currency: row.currency },
    description: row.description,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    notifyUrl: row.notify_url,
    returnUrl: row.return_url,
    captureMode: row.capture_mode,
    appId: row.app_id,
    openid: row.openid,
    clientIp: row.client_ip,
  };
}

/** The attempt as its provider may know it already; what every later call about it is made with. */
export function toKnown(row: PaymentRow): KnownPayment {
  return { ...toRequest(row), reference: row.provider_reference, transactionId: row.transaction_id };
}

/** What is kept of a card. */
export function toCardColumns(card: CardDetails | undefined): CardColumns {
  return {
    card_brand: card?.brand ?? null,
    card_last4: card?.last4 ?? null,
    authorisation_code: card?.authorisationCode ?? null,
    response_code: card?.responseCode ?? null,
  };
}

type CardColumns = Pick<PaymentRow, 'card_brand' | 'card_last4' | 'authorisation_code' | 'response_code'>;

/** What the buyer's device needs to go on. */
export interface PaymentStarted {
  readonly paymentId: string;
  readonly status: string;
  readonly method: PaymentMethod;
  readonly amount: number;
  readonly currency: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly expiresAt: number;
}

/** What the attempt and the provider's word do not agree on; `undefined` when they agree (RULES 7). */
export type MismatchedField = 'amount' | 'currency' | 'merchant' | 'app';

export function findMismatch(row: PaymentRow, facts: PaymentFacts): MismatchedField | undefined {
  if (facts.merchantAccount !== row.merchant_account) {
    return 'merchant';
  }
  if (row.app_id !== null && facts.appId !== row.app_id) {
    return 'app';
  }
  if (facts.amount.currency !== row.currency) {
    return 'currency';
  }
  return facts.amount.amount === row.amount ? undefined : 'amount';
}

/** Until when a call may still be under way that creates the attempt at its provider; `null` when none is. */
export function callUnderWayUntil(row: PaymentRow, outboundTimeoutMs: number, now: number): number | null {
  if (row.call_started_at === null) {
    return null;
  }
  const until = row.call_started_at + outboundTimeoutMs + CALL_MARGIN_MS;
  return until > now ? until : null;
}

/** Whether a call that was announced at `startedAt` may still begin: later, closing would no longer wait for it. */
export function mayBeginCall(startedAt: number, now: number): boolean {
  return now - startedAt < CALL_MARGIN_MS;
}

/** Whether an open attempt serves the same payer in the same way, so that it is asked again instead of replaced. */
export function servesSamePayer(
  row: PaymentRow,
  wanted: { method: PaymentMethod; appId: string | null; openid: string | null },
): boolean {
  return row.method === wanted.method && row.app_id === wanted.appId && row.openid === wanted.openid;
}

/**
 * When an open attempt is asked for next: 5 s, 30 s, 1, 3, 5, 10 and 30 minutes after its creation, then every half hour;
 * and once just after its expiry, when it is closed if nobody else has.
 */
export function nextPollAt(row: Pick<PaymentRow, 'created_at' | 'expires_at'>, now: number): number {
  const offset = POLL_OFFSETS_MS.find((candidate) => row.created_at + candidate > now);
  const regular = offset === undefined ? now + POLL_EVERY_MS : row.created_at + offset;
  const abandonedAt = row.expires_at + ABANDONED_AFTER_MS;
  return abandonedAt > now ? Math.min(regular, abandonedAt) : regular;
}

/** How long after its expiry an attempt is left to its purpose's owner before the poll closes it itself. */
export const ABANDONED_AFTER_MS = 5 * MINUTE_MS;

/** When a closed or failed attempt is swept for late money next; `null` when the provider can report none any more. */
export function nextSweepAt(
  row: Pick<PaymentRow, 'closed_at' | 'updated_at'>,
  windowMs: number,
  now: number,
): number | null {
  const until = (row.closed_at ?? row.updated_at) + windowMs;
  if (now >= until) {
    return null;
  }
  return Math.min(now + SWEEP_EVERY_MS, until);
}
