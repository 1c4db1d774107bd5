import type { Stripe } from 'stripe';
import type { GatewayReason } from '../gateway.ts';

/**
 * What a refusal means. Only what is certain is one: a rate limit, a conflict, a dependency that failed and every 5xx leave
 * the outcome unknown, and so does a key that another request holds or that came with other parameters.
 */
export type Refusal =
  /** The request is malformed or against a rule; it will be refused again. */
  | 'invalid'
  /** The object is in a state in which this can not be done; its state says what has happened. */
  | 'unexpected_state'
  /** The card or the bank refused. */
  | 'declined'
  /** The key is wrong or may not do this: our configuration, and nothing was done. */
  | 'misconfigured'
  | 'not_found'
  /** The account's balance does not cover the refund. */
  | 'balance_too_low';

const BY_CODE: Readonly<Record<string, Refusal>> = {
  resource_missing: 'not_found',
  balance_insufficient: 'balance_too_low',
  payment_intent_unexpected_state: 'unexpected_state',
  intent_invalid_state: 'unexpected_state',
  charge_already_captured: 'unexpected_state',
  charge_expired_for_capture: 'unexpected_state',
};

const BY_STATUS: Readonly<Record<number, Refusal>> = {
  400: 'invalid',
  401: 'misconfigured',
  402: 'declined',
  403: 'misconfigured',
  404: 'not_found',
};

/** Codes of a 400 or 404 that do not prove that nothing was done. */
const UNCERTAIN_CODES: ReadonlySet<string> = new Set([
  'idempotency_key_in_use',
  'lock_timeout',
  'rate_limit',
  'processing_error',
]);

const MESSAGES: Readonly<Record<Refusal, string>> = {
  invalid: 'Stripe refused the request.',
  unexpected_state: 'The payment is in a state in which Stripe can not do this.',
  declined: 'The card or the bank refused.',
  misconfigured: 'Stripe did not accept our key.',
  not_found: 'Stripe knows no such object.',
  balance_too_low: "The account's balance does not cover the refund.",
};

/** A code of Stripe's as it may be stored: never a sentence. */
export function codeOf(...candidates: readonly unknown[]): string | undefined {
  return candidates.find(
    (code): code is string => typeof code === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(code),
  );
}

export interface Judged {
  /** `undefined` when it is not certain that nothing was done. */
  readonly refusal: Refusal | undefined;
  readonly reason: GatewayReason;
}

/** By its type rather than its class, which would load the SDK. */
function isStripeError(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Error && 'type' in error && String(error.type).startsWith('Stripe');
}

/** What Stripe's error says; `undefined` when the error is none of Stripe's. */
export function judgeError(error: unknown): Judged | undefined {
  if (!isStripeError(error)) {
    return undefined;
  }
  const { statusCode, rawType } = error;
  const code = codeOf(error.decline_code, error.code, rawType) ?? `http_${statusCode ?? 'none'}`;
  const isUncertain =
    rawType === 'idempotency_error' || rawType === 'api_error' || UNCERTAIN_CODES.has(error.code ?? '');
  // An error without Stripe's own body is a proxy's page, which proves nothing.
  const refusal =
    isUncertain || rawType === undefined || statusCode === undefined ? undefined : BY_STATUS[statusCode];
  const certain = refusal && (BY_CODE[error.code ?? ''] ?? refusal);
  return {
    refusal: certain,
    reason: { code, message: certain ? MESSAGES[certain] : 'Stripe did not say what became of the request.' },
  };
}

/** For an answer that does not say what its documentation promises. */
export const MALFORMED_ANSWER: GatewayReason = {
  code: 'malformed_answer',
  message: 'The answer of Stripe could not be understood.',
};

/** For an answer about another payment than the one that was asked for. */
export const FOREIGN_ANSWER: GatewayReason = {
  code: 'foreign_answer',
  message: 'The answer of Stripe is about something else.',
};
