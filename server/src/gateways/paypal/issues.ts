/** What PayPal's refusals mean. A refused request has changed nothing; whether another one may, is what the words say. */
import type { GatewayReason } from '../gateway.ts';

export type Refusal =
  /** A field is malformed; it will be refused again. */
  | 'invalid'
  /** Credentials or permissions: our configuration. */
  | 'misconfigured'
  | 'not_found'
  /** Something under this number has been done before: look what. */
  | 'already_done'
  /** PayPal is at work on an earlier request. */
  | 'in_progress'
  /** The payer has to agree, or to choose another card, on PayPal's page; the order stays payable. */
  | 'payer_must_act'
  /** Refused by the state of our account or of the capture; the same request may be accepted later. */
  | 'refused_for_now'
  /** It will be refused however often it is sent. */
  | 'final';

/** Every issue that PayPal's documents list for orders, captures, authorisations and refunds. */
const ISSUES: Readonly<Record<Exclude<Refusal, 'not_found'>, readonly string[]>> = {
  payer_must_act: [
    'INSTRUMENT_DECLINED',
    'PAYER_ACTION_REQUIRED',
    'ORDER_NOT_APPROVED',
    'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
    'ORDER_IS_PENDING_APPROVAL',
  ],
  already_done: [
    'ORDER_ALREADY_CAPTURED',
    'ORDER_ALREADY_AUTHORIZED',
    'ORDER_ALREADY_COMPLETED',
    'ORDER_COMPLETED_OR_VOIDED',
    'AUTHORIZATION_ALREADY_CAPTURED',
    'PREVIOUSLY_CAPTURED',
    'PREVIOUSLY_VOIDED',
    'CAPTURE_FULLY_REFUNDED',
    'DUPLICATE_INVOICE_ID',
    'MAX_AUTHORIZATION_COUNT_EXCEEDED',
  ],
  in_progress: ['ORDER_COMPLETION_IN_PROGRESS'],
  refused_for_now: [
    'REFUND_FAILED_INSUFFICIENT_FUNDS',
    'PENDING_CAPTURE',
    'PAYEE_ACCOUNT_RESTRICTED',
    'PAYEE_ACCOUNT_LOCKED_OR_CLOSED',
    'TRANSACTION_RECEIVING_LIMIT_EXCEEDED',
    'TRANSACTION_DISPUTED',
    'CANNOT_BE_VOIDED',
  ],
  misconfigured: [
    'AUTH_CAPTURE_NOT_ENABLED',
    'CONSENT_NEEDED',
    'PERMISSION_DENIED',
    'PERMISSION_DENIED_FOR_DONATION_ITEMS',
    'NOT_ELIGIBLE_FOR_TOKEN_PROCESSING',
    'PLATFORM_FEE_NOT_ENABLED',
  ],
  invalid: [
    'ACTION_DOES_NOT_MATCH_INTENT',
    'AMOUNT_CANNOT_BE_SPECIFIED',
    'AUTH_CAPTURE_CURRENCY_MISMATCH',
    'AUTHORIZATION_CURRENCY_MISMATCH',
    'CANCEL_URL_REQUIRED',
    'CANNOT_BE_NEGATIVE',
    'CANNOT_BE_ZERO_OR_NEGATIVE',
    'CURRENCY_MISMATCH',
    'DECIMALS_NOT_SUPPORTED',
    'DECIMAL_PRECISION',
    'IDENTIFIER_NOT_FOUND',
    'INCOMPATIBLE_PARAMETER_VALUE',
    'INVALID_COUNTRY_CODE',
    'INVALID_CURRENCY_CODE',
    'INVALID_PARAMETER_SYNTAX',
    'INVALID_PARAMETER_VALUE',
    'INVALID_STRING_LENGTH',
    'INVALID_STRING_MAX_LENGTH',
    'MALFORMED_REQUEST_JSON',
    'MISSING_REQUIRED_PARAMETER',
    'REFUND_CAPTURE_CURRENCY_MISMATCH',
    'RETURN_URL_REQUIRED',
  ],
  final: [
    'AGREEMENT_ALREADY_CANCELLED',
    'APPLE_PAY_AMOUNT_MISMATCH',
    'AUTHORIZATION_AMOUNT_EXCEEDED',
    'AUTHORIZATION_DENIED',
    'AUTHORIZATION_EXPIRED',
    'AUTHORIZATION_VOIDED',
    'BANK_NOT_SUPPORTED_FOR_VERIFICATION',
    'BILLING_AGREEMENT_ID_MISMATCH',
    'BILLING_AGREEMENT_NOT_FOUND',
    'CARD_BRAND_NOT_SUPPORTED',
    'CARD_EXPIRY_REQUIRED',
    'CARD_NUMBER_REQUIRED',
    'COMPLIANCE_VIOLATION',
    'CURRENCY_NOT_SUPPORTED_FOR_BANK',
    'DECLINED_DUE_TO_RELATED_TXN',
    'DOMESTIC_TRANSACTION_REQUIRED',
    'IBAN_COUNTRY_NOT_SUPPORTED',
    'INVALID_IBAN',
    'INVALID_PICKUP_ADDRESS',
    'INVALID_PREVIOUS_TRANSACTION_REFERENCE',
    'INVALID_SECURITY_CODE_LENGTH',
    'MAX_CAPTURE_AMOUNT_EXCEEDED',
    'MAX_CAPTURE_COUNT_EXCEEDED',
    'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
    'MAX_NUMBER_OF_REFUNDS_EXCEEDED',
    'MERCHANT_INITIATED_WITH_AUTHENTICATION_RESULTS',
    'MERCHANT_INITIATED_WITH_MULTIPLE_PURCHASE_UNITS',
    'MERCHANT_INITIATED_WITH_SECURITY_CODE',
    'MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE',
    'MISSING_CRYPTOGRAM',
    'MISSING_PREVIOUS_REFERENCE',
    'NOT_ELIGIBLE_FOR_PAYPAL_TRANSACTION_ID_PROCESSING',
    'NOT_ELIGIBLE_FOR_PNREF_PROCESSING',
    'NOT_ENABLED_FOR_BANK_PROCESSING',
    'NOT_ENABLED_FOR_CARD_PROCESSING',
    'ONLY_ONE_BANK_SOURCE_ALLOWED',
    'ORDER_CANNOT_BE_SAVED',
    'ORDER_EXPIRED',
    'PARTIAL_REFUND_NOT_ALLOWED',
    'PAYEE_BLOCKED_TRANSACTION',
    'PAYEE_FX_RATE_ID_EXPIRED',
    'PAYEE_NOT_ENABLED_FOR_BANK_PROCESSING',
    'PAYEE_NOT_ENABLED_FOR_CARD_PROCESSING',
    'PAYER_ACCOUNT_LOCKED_OR_CLOSED',
    'PAYER_ACCOUNT_RESTRICTED',
    'PAYER_CANNOT_PAY',
    'PAYMENT_SOURCE_MISMATCH',
    'PAYMENT_SOURCE_NOT_SUPPORTED',
    'PAYMENT_TYPE_NOT_SUPPORTED_FOR_INTENT',
    'PAYPAL_TRANSACTION_ID_EXPIRED',
    'PAYPAL_TRANSACTION_ID_NOT_FOUND',
    'PLATFORM_FEE_EXCEEDED',
    'PLATFORM_FEE_PAYEE_CANNOT_BE_SAME_AS_PAYER',
    'PNREF_EXPIRED',
    'PNREF_NOT_FOUND',
    'PREFERRED_PAYMENT_SOURCE_MISMATCH',
    'PREVIOUS_TRANSACTION_REFERENCE_HAS_CHARGEBACK',
    'PREVIOUS_TRANSACTION_REFERENCE_VOIDED',
    'REFERENCED_CARD_EXPIRED',
    'REFUND_AMOUNT_EXCEEDED',
    'REFUND_AMOUNT_TOO_LOW',
    'REFUND_IS_RESTRICTED',
    'REFUND_NOT_ALLOWED',
    'REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK',
    'REFUND_TIME_LIMIT_EXCEEDED',
    'REQUIRED_PARAMETER_FOR_CUSTOMER_INITIATED_PAYMENT',
    'SAVE_ORDER_NOT_SUPPORTED',
    'SETUP_ERROR_FOR_BANK',
    'SHIPPING_ADDRESS_INVALID',
    'TOKEN_EXPIRED',
    'TOKEN_ID_NOT_FOUND',
    'TRANSACTION_BLOCKED_BY_PAYEE',
    'TRANSACTION_LIMIT_EXCEEDED',
    'TRANSACTION_REFUSED',
    'UNSUPPORTED_INTENT_FOR_PAYMENT_SOURCE',
    'VAULT_INSTRUCTION_REQUIRED',
  ],
};

const BY_ISSUE: ReadonlyMap<string, Refusal> = new Map(
  Object.entries(ISSUES).flatMap(([refusal, issues]) => issues.map((issue) => [issue, refusal as Refusal])),
);

const MESSAGES: Readonly<Record<Refusal, string>> = {
  invalid: 'PayPal found the request malformed.',
  misconfigured: 'PayPal did not accept our credentials or does not allow us to do this.',
  not_found: 'PayPal knows nothing of this number.',
  already_done: 'PayPal has done this before.',
  in_progress: 'PayPal is at work on an earlier request.',
  payer_must_act: 'The payer has to agree, or to choose another way to pay, on the page of PayPal.',
  refused_for_now: 'PayPal refuses this for now.',
  final: 'PayPal refused it for good.',
};

/** What an answer of 422 says; `undefined` for an issue that is not known here. */
export function refusalOf(issue: string): Refusal | undefined {
  return BY_ISSUE.get(issue);
}

export function reasonOf(refusal: Refusal, code: string): GatewayReason {
  return { code, message: MESSAGES[refusal] };
}

/** For an answer that does not say what its documentation promises. */
export const MALFORMED_ANSWER: GatewayReason = {
  code: 'malformed_answer',
  message: 'The answer of PayPal could not be understood.',
};

/** For an answer about another number than the one that was asked for. */
export const FOREIGN_ANSWER: GatewayReason = {
  code: 'foreign_answer',
  message: 'The answer of PayPal is about something else.',
};
