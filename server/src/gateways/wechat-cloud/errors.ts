import type { Refusal } from '../wechat-answers.ts';

/**
 * The codes of refusals. Only what is certain stands in the table: a code that is not in it (SYSTEMERROR,
 * FREQUENCY_LIMITED, whatever comes later) leaves the outcome unknown.
 */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  PARAM_ERROR: 'invalid',
  LACK_PARAMS: 'invalid',
  OPENID_MISMATCH: 'invalid',
  REFUND_FEE_MISMATCH: 'invalid',
  INVALID_TRANSACTIONID: 'invalid',
  INVALID_REQUEST: 'against_rules',
  TRADE_STATE_ERROR: 'against_rules',
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

/** `undefined` when the code does not prove that nothing was done. */
export function refusalOf(code: string): Refusal | undefined {
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
}
