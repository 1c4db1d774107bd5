/** Rules of an attempt that need no database. */
import type {
  CardDetails,
  KnownPayment,
  PaymentFacts,
  PaymentMethod,
  PaymentRequest,
} from '../../gateways/gateway.ts';
import type { Actor } from '../../kernel/actor.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { PaymentNotice, Purpose } from './purpose.ts';
import type { PaymentRow } from './tables.ts';

/** The reason of an authorisation that a person lets go. */
export const VOID_REQUESTED = 'void_requested';

/** The reason of an attempt whose mismatch a person has dismissed: what did not match then moves nothing again. */
export const MISMATCH_DISMISSED = 'mismatch_dismissed';

/** Added to the outbound time-out: how far a call may begin after the row that announces it. */
const CALL_MARGIN_MS = 5 * SECOND_MS;

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

export function toStarted(row: PaymentRow, parameters: PaymentStarted['parameters']): PaymentStarted {
  return {
    paymentId: row.id,
    status: row.status,
    method: row.method,
    amount: row.amount,
    currency: row.currency,
    parameters,
    expiresAt: row.expires_at,
  };
}

/** What the attempt and the provider's word do not agree on; `undefined` when they agree (RULES 7). */
export type MismatchedField = 'amount' | 'currency' | 'merchant' | 'app' | 'transaction';

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
  // Of a hold any part may have been captured, under a number of its own.
  const isOfHold = row.authorised_amount > 0;
  const isWhole = facts.amount.amount === row.amount || (isOfHold && facts.amount.amount < row.amount);
  if (!isWhole) {
    return 'amount';
  }
  const isSecond = row.transaction_id !== null && row.transaction_id !== facts.transactionId;
  return isSecond && !isOfHold ? 'transaction' : undefined;
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
