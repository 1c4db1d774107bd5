import type { Refusal } from '../wechat-answers.ts';

/**
 * The codes of refusals. Only what is certain stands in the table: a code that is not in it (SYSTEM_ERROR, BANK_ERROR,
 * FREQUENCY_LIMITED, whatever comes later) leaves the outcome unknown, because a call that was turned away for its rate may
 * still be carried out.
 */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  PARAM_ERROR: 'invalid',
  OPENID_MISMATCH: 'invalid',
  REFUND_FEE_MISMATCH: 'invalid',
  INVALID_REQUEST: 'against_rules',
  RULE_LIMIT: 'against_rules',
  TRADE_ERROR: 'against_rules',
  ACCOUNT_ERROR: 'against_rules',
  SIGN_ERROR: 'misconfigured',
  MCH_NOT_EXISTS: 'misconfigured',
  NO_AUTH: 'not_allowed',
  APPID_MCHID_NOT_MATCH: 'not_allowed',
  ORDERPAID: 'already_paid',
  ORDER_PAID: 'already_paid',
  ORDER_CLOSED: 'already_closed',
  ORDERCLOSED: 'already_closed',
  ORDER_NOT_EXIST: 'not_found',
  ORDERNOTEXIST: 'not_found',
  RESOURCE_NOT_EXISTS: 'not_found',
  OUT_TRADE_NO_USED: 'number_used',
  NOT_ENOUGH: 'balance_too_low',
  USER_ACCOUNT_ABNORMAL: 'payer_unreachable',
  TRADE_OVERDUE: 'too_old',
};

/** `undefined` when the code does not prove that nothing was done. */
export function refusalOf(code: string): Refusal | undefined {
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
}
