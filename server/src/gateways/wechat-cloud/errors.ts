import type { GatewayReason } from '../gateway.ts';

/**
 * What a refusal means. Only what is certain stands in the table: a code that is not in it (SYSTEMERROR, BIZERR_NEED_RETRY,
 * whatever comes later) leaves the outcome unknown.
 */
export type Refusal =
  /** A field is malformed; it will be refused again. */
  | 'invalid'
  /** Well formed, but against a rule of the moment or of the merchant's account. */
  | 'against_rules'
  /** The merchant or the app is not known to the platform: our configuration, and nothing was done. */
  | 'misconfigured'
  /** The merchant may not do this, or the app is not bound to it. */
  | 'not_allowed'
  | 'already_paid'
  | 'already_closed'
  | 'not_found'
  /** The number exists with other parameters. */
  | 'number_used'
  | 'balance_too_low'
  /** The payer's account can not receive the refund. */
  | 'payer_unreachable'
  | 'too_old';

const REFUSALS: Readonly<Record<string, Refusal>> = {
  PARAM_ERROR: 'invalid',
  LACK_PARAMS: 'invalid',
  OPENID_MISMATCH: 'invalid',
  REFUND_FEE_MISMATCH: 'invalid',
  INVALID_TRANSACTIONID: 'invalid',
  INVALID_REQUEST: 'against_rules',
  TRADE_STATE_ERROR: 'against_rules',
  FREQUENCY_LIMITED: 'against_rules',
  INVALID_REQ_TOO_MUCH: 'against_rules',
  MCHID_NOT_EXIST: 'misconfigured',
  APPID_NOT_EXIST: 'misconfigured',
  NOAUTH: 'not_allowed',
  NO_AUTH: 'not_allowed',
  APPID_MCHID_NOT_MATCH: 'not_allowed',
  ORDERPAID: 'already_paid',
  ORDERCLOSED: 'already_closed',
  ORDERNOTEXIST: 'not_found',
  REFUNDNOTEXIST: 'not_found',
  OUT_TRADE_NO_USED: 'number_used',
  NOTENOUGH: 'balance_too_low',
  USER_ACCOUNT_ABNORMAL: 'payer_unreachable',
  TRADE_OVERDUE: 'too_old',
};

const MESSAGES: Readonly<Record<Refusal, string>> = {
  invalid: 'WeChat Pay found the request malformed.',
  against_rules: 'WeChat Pay refused the request by one of its rules.',
  misconfigured: 'WeChat Pay does not know the merchant or the app.',
  not_allowed: 'The merchant is not allowed to do this.',
  already_paid: 'The trade is paid.',
  already_closed: 'The trade is closed.',
  not_found: 'WeChat Pay knows no such trade or refund.',
  number_used: 'The number belongs to a trade with other parameters.',
  balance_too_low: "The merchant's balance does not cover the refund.",
  payer_unreachable: "The payer's account can not receive the refund.",
  too_old: 'The trade is too old for this.',
};

/** `undefined` when the code does not prove that nothing was done. */
export function refusalOf(code: string): Refusal | undefined {
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
}

export function reasonOf(refusal: Refusal, code: string): GatewayReason {
  return { code, message: MESSAGES[refusal] };
}

/** For an answer that does not say what its documentation promises. */
export const MALFORMED_ANSWER: GatewayReason = {
  code: 'malformed_answer',
  message: 'The answer of WeChat Pay could not be understood.',
};

/** For an answer about another number, merchant or app than what was asked about. */
export const FOREIGN_ANSWER: GatewayReason = {
  code: 'foreign_answer',
  message: 'The answer of WeChat Pay is about something else.',
};
