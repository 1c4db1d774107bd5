/**
 * What WeChat Pay's answers mean, whichever interface they come through: the codes, forms and signatures of each are its
 * gateway's own, the words that they stand for are these, and so is what follows from them.
 */
import type {
  ClosePaymentResult,
  CreatePaymentResult,
  GatewayReason,
  PaymentFacts,
  QueryPaymentResult,
  QueryRefundResult,
  RefundResult,
} from './gateway.ts';

/** What a refusal means. Only what is certain has a word; anything else leaves the outcome unknown. */
export type Refusal =
  /** A field is malformed; it will be refused again. */
  | 'invalid'
  /** Well formed, but against a rule of the moment or of the merchant's account. */
  | 'against_rules'
  /** Signature, serial, merchant or app is wrong: our configuration, and nothing was done. */
  | 'misconfigured'
  /** The merchant may not do this, or the app is not bound to it. */
  | 'not_allowed'
  | 'already_paid'
  | 'already_closed'
  | 'not_found'
  /** The number exists with other parameters. */
  | 'number_used'
  /** The merchant's balance does not cover the refund. */
  | 'balance_too_low'
  /** The payer's account can not receive the refund. */
  | 'payer_unreachable'
  | 'too_old';

const MESSAGES: Readonly<Record<Refusal, string>> = {
  invalid: 'WeChat Pay found the request malformed.',
  against_rules: 'WeChat Pay refused the request by one of its rules.',
  misconfigured: 'WeChat Pay did not accept our credentials.',
  not_allowed: 'The merchant is not allowed to do this.',
  already_paid: 'The trade is paid.',
  already_closed: 'The trade is closed.',
  not_found: 'WeChat Pay knows no such trade or refund.',
  number_used: 'The number belongs to a trade with other parameters.',
  balance_too_low: "The merchant's balance does not cover the refund.",
  payer_unreachable: "The payer's account can not receive the refund.",
  too_old: 'The trade is too old for this.',
};

export function reasonOf(refusal: Refusal, code: string): GatewayReason {
  return { code, message: MESSAGES[refusal] };
}

/** For a believed answer that does not say what its documentation promises. */
export const MALFORMED_ANSWER: GatewayReason = {
  code: 'malformed_answer',
  message: 'The answer of WeChat Pay could not be understood.',
};

/** For a believed answer about something else than what was asked about. */
export const FOREIGN_ANSWER: GatewayReason = {
  code: 'foreign_answer',
  message: 'The answer of WeChat Pay is about something else.',
};

/** One exchange, judged. */
export type WechatAnswer =
  /** Carried out, and the answer is believed. `body` is `undefined` where it has none. */
  | { readonly kind: 'done'; readonly body: unknown }
  /** Certainly not done. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: GatewayReason }
  | { readonly kind: 'not_sent' | 'unknown'; readonly reason: GatewayReason };

type Undone = Exclude<WechatAnswer, { readonly kind: 'done' }>;

/** `not_found` where it is certain, `unknown` for everything else that is no answer to a query. */
export function judgeUnanswered(
  answer: Undone,
): Extract<QueryPaymentResult, { outcome: 'not_found' | 'unknown' }> {
  return answer.kind === 'refused' && answer.refusal === 'not_found'
    ? { outcome: 'not_found' }
    : { outcome: 'unknown', reason: answer.reason };
}

interface TradeReading {
  readonly paymentId: string;
  readonly result: QueryPaymentResult;
}

/** The answer to a query for the attempt `id`. */
export function judgeQuery(
  answer: WechatAnswer,
  id: string,
  read: (body: unknown) => TradeReading | undefined,
): QueryPaymentResult {
  if (answer.kind !== 'done') {
    return judgeUnanswered(answer);
  }
  const trade = read(answer.body);
  if (!trade) {
    return { outcome: 'unknown', reason: MALFORMED_ANSWER };
  }
  return trade.paymentId === id ? trade.result : { outcome: 'unknown', reason: FOREIGN_ANSWER };
}

const CLOSE_REFUSALS: Partial<Record<Refusal, 'already_paid' | 'closed' | 'not_found'>> = {
  already_paid: 'already_paid',
  already_closed: 'closed',
  not_found: 'not_found',
};

/** A close may be repeated: closing a closed trade is a success. A paid trade refuses. */
export function judgeClose(answer: WechatAnswer): ClosePaymentResult {
  if (answer.kind === 'done') {
    return { outcome: 'closed' };
  }
  const outcome = answer.kind === 'refused' ? CLOSE_REFUSALS[answer.refusal] : undefined;
  return outcome ? { outcome } : { outcome: 'unknown', reason: answer.reason };
}

/**
 * Every trade state and what it means to us. A trade that was refunded in part or in whole reads REFUND, so both that and
 * SUCCESS are paid. A failed try leaves the trade NOTPAY; the states after CLOSED exist for payment codes only.
 */
export const TRADE_STATES = {
  NOTPAY: 'pending',
  SUCCESS: 'succeeded',
  REFUND: 'succeeded',
  CLOSED: 'closed',
  USERPAYING: 'pending',
  ACCEPT: 'pending',
  PAYERROR: 'pending',
  REVOKED: 'closed',
} as const satisfies Record<string, QueryPaymentResult['outcome']>;

function isTradeState(state: string): state is keyof typeof TRADE_STATES {
  return Object.hasOwn(TRADE_STATES, state);
}

/** What a trade's state says; `readFacts` is asked where it is paid, and answers `undefined` when something is missing. */
export function toTradeResult(state: string, readFacts: () => PaymentFacts | undefined): QueryPaymentResult {
  if (!isTradeState(state)) {
    const message = 'WeChat Pay names a state of the trade that is not known here.';
    return { outcome: 'unknown', reason: { code: 'unknown_trade_state', message } };
  }
  const outcome = TRADE_STATES[state];
  switch (outcome) {
    case 'succeeded': {
      const facts = readFacts();
      return facts ? { outcome, facts } : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    case 'pending':
      return state === 'PAYERROR'
        ? { outcome, reason: { code: state, message: 'The try to pay failed.' } }
        : { outcome };
    case 'closed':
      return { outcome };
  }
}

/**
 * Judges what was no success in opening a trade. `declined` promises that no money can come in under this number, which one
 * refusal does not prove: an earlier request for the same attempt, whose answer was lost, may have opened the trade.
 */
export function createJudgeOpening(
  queryPayment: (payment: { readonly id: string }) => Promise<QueryPaymentResult>,
): (id: string, answer: Undone) => Promise<CreatePaymentResult> {
  async function confirmDeclined(id: string, reason: GatewayReason): Promise<CreatePaymentResult> {
    const found = await queryPayment({ id });
    switch (found.outcome) {
      case 'not_found':
        return { outcome: 'declined', reason };
      case 'closed':
        return { outcome: 'already_closed' };
      case 'succeeded':
        return { outcome: 'already_paid' };
      default:
        return { outcome: 'unknown', reason };
    }
  }

  return async (id, answer) => {
    if (answer.kind !== 'refused') {
      return { outcome: answer.kind, reason: answer.reason };
    }
    const { refusal, reason } = answer;
    switch (refusal) {
      case 'already_paid':
      case 'already_closed':
        return { outcome: refusal };
      case 'misconfigured':
        return { outcome: 'not_sent', reason };
      case 'number_used':
        // There is a trade under this number, and it can take money.
        return { outcome: 'unknown', reason };
      default:
        return confirmDeclined(id, reason);
    }
  };
}

/** Refusals of a refund that stay what they are however often the same request is sent. */
const FINAL_REFUSALS: ReadonlySet<Refusal> = new Set([
  'invalid',
  'payer_unreachable',
  'too_old',
  'not_found',
]);

/**
 * Judges what was no success in asking for a refund. `failed` lets a new refund be made under a new number, so it is answered
 * only when WeChat Pay has refused for good **and** a query finds nothing under the number: a refusal alone may be about an
 * earlier request whose answer was lost.
 */
export function createJudgeRefund(
  queryRefund: (refund: { readonly id: string }) => Promise<QueryRefundResult>,
): (id: string, answer: Undone) => Promise<RefundResult> {
  return async (id, answer) => {
    if (answer.kind !== 'refused') {
      return { outcome: answer.kind, reason: answer.reason };
    }
    const { refusal, reason } = answer;
    if (refusal === 'misconfigured') {
      return { outcome: 'not_sent', reason };
    }
    if (refusal === 'balance_too_low') {
      return { outcome: 'refused_for_now', reason };
    }
    const found = await queryRefund({ id });
    if (found.outcome !== 'not_found') {
      return found;
    }
    // The one-minute rule is answered with the same code as rules that last; the number is kept, so that at worst it is
    // refused again, and never refunded twice.
    return { outcome: FINAL_REFUSALS.has(refusal) ? 'failed' : 'refused_for_now', reason };
  };
}
