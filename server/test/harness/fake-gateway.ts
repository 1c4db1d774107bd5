import type {
  ClosePaymentResult,
  CreatePaymentResult,
  Gateway,
  GatewayMethod,
  NotificationResult,
  NotificationSubject,
  PaymentFacts,
  PaymentRequest,
  QueryPaymentResult,
  QueryRefundResult,
  RefundFacts,
  RefundRequest,
  RefundResult,
} from '../../src/gateways/gateway.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/clock.ts';
import { assertNoTransaction } from '../../src/kernel/db/index.ts';
import type { Money } from '../../src/kernel/money.ts';

export const MERCHANT = '1900000001';
export const APP = 'wx_test_app';

type Operation = 'create' | 'query' | 'close' | 'refund' | 'queryRefund';

/** What goes wrong with a call: whether the provider carries it out, and what we hear of it. */
export type Fault =
  | 'not_sent'
  /** Carried out, but the answer is lost. */
  | 'answer_lost'
  /** Neither carried out nor answered. */
  | 'request_lost'
  | { readonly answer: object }
  /** Runs before the call is carried out. */
  | { readonly before: () => Promise<void> };

export interface Trade {
  readonly request: PaymentRequest;
  state: 'open' | 'paid' | 'closed';
  facts?: PaymentFacts;
}

export interface FakeRefund {
  readonly request: RefundRequest;
  state: 'pending' | 'succeeded' | 'abnormal' | 'failed';
}

/** What a provider would notify of. `isForged` is refused as unverifiable. */
export interface FakeNotification {
  readonly eventId: string;
  readonly subject: NotificationSubject;
  readonly merchantAccount?: string;
  readonly isForged?: boolean;
  readonly isHint?: boolean;
}

export interface FakeGateway extends Gateway {
  readonly trades: Map<string, Trade>;
  readonly refunds: Map<string, FakeRefund>;
  /** Every call, such as `create pay_…`. */
  readonly calls: string[];
  fail(operation: Operation, ...faults: Fault[]): void;
  /** The buyer pays, whatever the state of the trade: money comes late, too. */
  pay(id: string, facts?: Partial<PaymentFacts>): PaymentFacts;
  /** Whether a new refund is done at once or stays under way. */
  refundsAreInstant: boolean;
}

const offer = {
  currencies: ['CNY'],
  kinds: ['goods'],
  settlement: 'online',
  windowMs: null,
} as const satisfies Partial<GatewayMethod>;

const unknown = { outcome: 'unknown', reason: { code: 'timeout', message: 'no answer' } } as const;
const notSent = { outcome: 'not_sent', reason: { code: 'connection_refused', message: 'not sent' } } as const;

/** A provider in memory: it keeps its state as a real one does, whatever becomes of our process and our database. */
export function createFakeGateway(clock: Clock): FakeGateway {
  const trades = new Map<string, Trade>();
  const refunds = new Map<string, FakeRefund>();
  const faults = new Map<Operation, Fault[]>();
  const calls: string[] = [];

  async function call<R>(operation: Operation, id: string, carryOut: () => R): Promise<R> {
    assertNoTransaction(`the call ${operation}`);
    calls.push(`${operation} ${id}`);
    const fault = faults.get(operation)?.shift();
    if (fault === undefined) {
      return carryOut();
    }
    if (typeof fault === 'object') {
      if ('answer' in fault) {
        return fault.answer as R;
      }
      await fault.before();
      return carryOut();
    }
    if (fault === 'answer_lost') {
      carryOut();
    }
    return (fault === 'not_sent' ? notSent : unknown) as R;
  }

  function createTrade(request: PaymentRequest): CreatePaymentResult {
    const trade = trades.get(request.id);
    if (trade?.state === 'paid') {
      return { outcome: 'already_paid' };
    }
    if (trade?.state === 'closed') {
      return { outcome: 'already_closed' };
    }
    if (trade !== undefined && JSON.stringify(trade.request) !== JSON.stringify(request)) {
      return { outcome: 'declined', reason: { code: 'OUT_TRADE_NO_USED', message: 'other parameters' } };
    }
    trades.set(request.id, { request, state: 'open' });
    return { outcome: 'pending', parameters: { prepay: `${request.id}-${calls.length}` } };
  }

  function readTrade(id: string): QueryPaymentResult {
    const trade = trades.get(id);
    if (trade === undefined) {
      return { outcome: 'not_found' };
    }
    if (trade.facts !== undefined) {
      return { outcome: 'succeeded', facts: trade.facts };
    }
    return { outcome: trade.state === 'closed' ? 'closed' : 'pending' };
  }

  function closeTrade(id: string): ClosePaymentResult {
    const trade = trades.get(id);
    if (trade === undefined) {
      return { outcome: 'not_found' };
    }
    if (trade.state === 'paid') {
      return { outcome: 'already_paid' };
    }
    trade.state = 'closed';
    return { outcome: 'closed' };
  }

  function readRefund(id: string): QueryRefundResult {
    const refund = refunds.get(id);
    if (refund === undefined) {
      return { outcome: 'not_found' };
    }
    if (refund.state === 'failed') {
      return { outcome: 'failed', reason: { code: 'CLOSED', message: 'closed' } };
    }
    return { outcome: refund.state, facts: refundFacts(refund.request, clock.now()) };
  }

  function makeRefund(request: RefundRequest): RefundResult {
    if (!refunds.has(request.id)) {
      refunds.set(request.id, { request, state: gateway.refundsAreInstant ? 'succeeded' : 'pending' });
    }
    return readRefund(request.id) as RefundResult;
  }

  const gateway: FakeGateway = {
    trades,
    refunds,
    calls,
    refundsAreInstant: true,
    capabilities: {
      provider: 'fake_pay',
      methods: [
        { ...offer, method: 'wechat_jsapi', needsOpenid: true },
        { ...offer, method: 'wechat_native', needsOpenid: false },
      ],
      minimumExpiryMs: MINUTE_MS,
      refunds: { maxPerPayment: 50, minimumIntervalMs: MINUTE_MS, maxAgeMs: 365 * DAY_MS },
      captures: null,
      bill: null,
      lateMoneyWindowMs: 58 * HOUR_MS,
      notificationBodyLimitBytes: 64 * 1_024,
    },
    merchantAccount: MERCHANT,
    feeBasisPoints: 60,
    captureMode: 'automatic',
    appFor: () => APP,
    validate: ({ description }) => (description === 'refused' ? { en: 'refused', zh: '不接受' } : undefined),
    fail: (operation, ...more) => faults.set(operation, [...(faults.get(operation) ?? []), ...more]),
    pay(id, changes = {}) {
      const trade = trades.get(id);
      if (trade === undefined) {
        throw new Error(`${id} is not known to the provider`);
      }
      trade.state = 'paid';
      trade.facts = { ...paymentFacts(trade.request, clock.now()), ...changes };
      return trade.facts;
    },
    createPayment: (request) => call('create', request.id, () => createTrade(request)),
    queryPayment: ({ id }) => call('query', id, () => readTrade(id)),
    closePayment: ({ id }) => call('close', id, () => closeTrade(id)),
    refund: (request) => call('refund', request.id, () => makeRefund(request)),
    queryRefund: ({ id }) => call('queryRefund', id, () => readRefund(id)),
    async parseNotification({ body }): Promise<NotificationResult> {
      const sent = JSON.parse(body.toString('utf8')) as FakeNotification;
      if (sent.isForged) {
        return { outcome: 'rejected', status: 401, reason: 'signature' };
      }
      if (sent.isHint) {
        return { outcome: 'hint', reason: 'xml' };
      }
      const { eventId, subject, merchantAccount = MERCHANT } = sent;
      return { outcome: 'verified', eventId, eventType: subject.type, merchantAccount, subject };
    },
    replyTo: (isAccepted) => ({
      status: isAccepted ? 200 : 500,
      headers: { 'content-type': 'application/json' },
      body: isAccepted ? '' : '{"code":"FAIL"}',
    }),
  };
  return gateway;
}

/** What the provider says of a trade that was paid as it was asked for. */
export function paymentFacts(request: PaymentRequest, paidAt: number): PaymentFacts {
  return {
    amount: request.amount,
    merchantAccount: MERCHANT,
    appId: request.appId,
    transactionId: `42${request.id}`,
    paidAt,
    payer: 'o_payer',
  };
}

/** What the provider says of a refund that was made as it was asked for. */
export function refundFacts(
  request: { readonly id: string; readonly amount: Money; readonly payment: { readonly id: string } },
  finishedAt: number,
): RefundFacts {
  return {
    amount: request.amount,
    paymentId: request.payment.id,
    merchantAccount: MERCHANT,
    providerRefundId: `50${request.id}`,
    finishedAt,
  };
}
