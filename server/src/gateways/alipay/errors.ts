import type { GatewayReason } from '../gateway.ts';

/**
 * What a refusal means. Only what is certain stands in the table: a code that is not in it (ACQ.SYSTEM_ERROR, also spelled
 * AQC.SYSTEM_ERROR; REFUND_CHARGE_ERROR; a limit of calls; whatever comes later) leaves the outcome unknown.
 */
export type Refusal =
  /** A field is malformed; it will be refused again. */
  | 'invalid'
  /** Signature, app or certificate is wrong: our configuration, and nothing was done. */
  | 'misconfigured'
  /** The merchant may not do this. */
  | 'not_allowed'
  /** The payer, the merchant or the trade is against a rule of the moment. */
  | 'against_rules'
  | 'already_paid'
  | 'already_closed'
  | 'not_found'
  /** The trade is in another state than the call needs. */
  | 'wrong_state'
  /** The number exists with other parameters. */
  | 'number_used'
  /** The merchant's balance does not cover the refund. */
  | 'balance_too_low'
  /** No refund of this trade, of this sum or to this payer is possible any more. */
  | 'not_refundable'
  /** A cancel came too late or is not possible for this trade. */
  | 'not_cancellable'
  | 'no_bill';

/** By `sub_code`, which goes with code 40004. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  'ACQ.INVALID_PARAMETER': 'invalid',
  'ACQ.TOTAL_FEE_EXCEED': 'invalid',
  'ACQ.ACCESS_FORBIDDEN': 'not_allowed',
  'ACQ.PARTNER_ERROR': 'not_allowed',
  'ACQ.EXIST_FORBIDDEN_WORD': 'against_rules',
  'ACQ.BUYER_SELLER_EQUAL': 'against_rules',
  'ACQ.TRADE_BUYER_NOT_MATCH': 'against_rules',
  'ACQ.BUYER_ENABLE_STATUS_FORBID': 'against_rules',
  'ACQ.SELLER_BEEN_BLOCKED': 'against_rules',
  'ACQ.TRADE_HAS_SUCCESS': 'already_paid',
  'ACQ.TRADE_HAS_CLOSE': 'already_closed',
  'ACQ.TRADE_NOT_EXIST': 'not_found',
  'ACQ.TRADE_STATUS_ERROR': 'wrong_state',
  'ACQ.REASON_TRADE_STATUS_INVALID': 'wrong_state',
  'ACQ.REASON_ILLEGAL_STATUS': 'wrong_state',
  'ACQ.CONTEXT_INCONSISTENT': 'number_used',
  'ACQ.DISCORDANT_REPEAT_REQUEST': 'number_used',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'balance_too_low',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': 'not_refundable',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': 'not_refundable',
  'ACQ.REFUND_FEE_ERROR': 'not_refundable',
  'ACQ.TRADE_HAS_FINISHED': 'not_refundable',
  'ACQ.TRADE_NOT_ALLOW_REFUND': 'not_refundable',
  'ACQ.REASON_TRADE_BEEN_FREEZEN': 'not_refundable',
  'ACQ.NOT_ALLOW_PARTIAL_REFUND': 'not_refundable',
  'ACQ.BUYER_ERROR': 'not_refundable',
  'ACQ.BUYER_NOT_EXIST': 'not_refundable',
  'ACQ.CUSTOMER_VALIDATE_ERROR': 'not_refundable',
  'ACQ.TRADE_CANCEL_TIME_OUT': 'not_cancellable',
  'ACQ.CANCEL_NOT_ALLOWED': 'not_cancellable',
  'isp.bill_not_exist': 'no_bill',
  NO_BILL_DATA: 'no_bill',
};

/** Codes 40001 and 40002 with these are about how the request was made, not about what it says. */
const OURS = /signature|sign-type|app-id|cert|encrypt|charset|version|timestamp|method/;

const MESSAGES: Readonly<Record<Refusal, string>> = {
  invalid: 'Alipay found the request malformed.',
  misconfigured: 'Alipay did not accept our credentials.',
  not_allowed: 'The merchant is not allowed to do this.',
  against_rules: 'Alipay refused the request by one of its rules.',
  already_paid: 'The trade is paid.',
  already_closed: 'The trade is closed.',
  not_found: 'Alipay knows no such trade.',
  wrong_state: 'The trade is in another state.',
  number_used: 'The number belongs to a request with other parameters.',
  balance_too_low: "The merchant's balance does not cover the refund.",
  not_refundable: 'This can not be refunded any more.',
  not_cancellable: 'The trade can not be cancelled.',
  no_bill: 'There is no such bill.',
};

/** `undefined` when the codes do not prove that nothing was done. */
export function refusalOf(code: string, subCode: string | undefined): Refusal | undefined {
  switch (code) {
    case '20001':
      return 'misconfigured';
    case '40001':
    case '40002':
      return OURS.test(subCode ?? '') ? 'misconfigured' : 'invalid';
    case '40006':
      return 'not_allowed';
    case '40004':
      return subCode !== undefined && Object.hasOwn(REFUSALS, subCode) ? REFUSALS[subCode] : undefined;
    default:
      return undefined;
  }
}

export function reasonOf(refusal: Refusal, code: string): GatewayReason {
  return { code, message: MESSAGES[refusal] };
}

/** For a verified answer that does not say what its documentation promises. */
export const MALFORMED_ANSWER: GatewayReason = {
  code: 'malformed_answer',
  message: 'The answer of Alipay could not be understood.',
};

/** For a verified answer about another number than the one that was asked for. */
export const FOREIGN_ANSWER: GatewayReason = {
  code: 'foreign_answer',
  message: 'The answer of Alipay is about something else.',
};
