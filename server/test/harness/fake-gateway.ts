import type {
  CapturePaymentResult,
  CaptureRequest,
  ClosePaymentResult,
  CreatePaymentResult,
  DisputeFacts,
  Gateway,
  GatewayMethod,
  PaymentFacts,
  PaymentRequest,
  QueryPaymentResult,
  QueryRefundResult,
  RefundRequest,
  RefundResult,
} from '../../src/gateways/gateway.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/clock.ts';
import { assertNoTransaction } from '../../src/kernel/db/index.ts';
import { MERCHANT, paymentFacts, refundFacts } from './fake-facts.ts';
import { readFakeNotification, replyToFake } from './fake-notification.ts';

export { MERCHANT } from './fake-facts.ts';
export const APP = 'wx_test_app';

type Operation =
  | 'create'
  | 'query'
  | 'close'
  | 'capture'
  | 'refund'
  | 'queryRefund'
  | 'finishAbnormalRefund'
  | 'queryDispute';

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
  /** `held`: authorised; `approved`: the payer has agreed and nothing has moved; `processing`: paid, not done yet. */
  state: 'open' | 'approved' | 'processing' | 'held' | 'paid' | 'closed';
  facts?: PaymentFacts;
  /** By our capture's id. */
  readonly captures: Map<string, CaptureRequest>;
}

export interface FakeRefund {
  readonly request: RefundRequest;
  state: 'pending' | 'succeeded' | 'abnormal' | 'failed';
}

export interface FakeGateway extends Gateway {
  readonly trades: Map<string, Trade>;
  readonly refunds: Map<string, FakeRefund>;
  /** What the provider says of disputes, by its numbers; one that is not here can not be asked for now. */
  readonly disputes: Map<string, DisputeFacts>;
  /** Every call, such as `create pay_…`. */
  readonly calls: string[];
  fail(operation: Operation, ...faults: Fault[]): void;
  /** The buyer pays, whatever the state of the trade: money comes late, too. */
  pay(id: string, facts?: Partial<PaymentFacts>): PaymentFacts;
  /** What the payer's try leads to: money that is only held, an agreement, or work of the provider. */
  settle(id: string, state: 'approved' | 'processing' | 'held'): PaymentFacts;
  /** What holds last by, and whether one may be captured in parts. */
  captures: NonNullable<Gateway['capabilities']['captures']>;
  /** Whether a new attempt only holds the money. */
  captureMode: Gateway['captureMode'];
  /** Methods whose open trades can not be closed. */
  readonly notClosable: Set<string>;
  /** Whether a new refund is done at once or stays under way. */
  refundsAreInstant: boolean;
  /** A rail whose refunds nobody but a person pays. */
  refundsAreByHand: boolean;
}

const offer = {
  currencies: ['CNY'],
  kinds: ['goods', 'coins', 'topup'],
  settlement: 'online',
  windowMs: null,
} as const satisfies Partial<GatewayMethod>;

const unknown = { outcome: 'unknown', reason: { code: 'timeout', message: 'no answer' } } as const;
const notSent = { outcome: 'not_sent', reason: { code: 'connection_refused', message: 'not sent' } } as const;

/** A provider in memory: it keeps its state as a real one does, whatever becomes of our process and our database. */
export function createFakeGateway(clock: Clock): FakeGateway {
  const trades = new Map<string, Trade>();
  const refunds = new Map<string, FakeRefund>();
  const disputes = new Map<string, DisputeFacts>();
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
    if (request.method === 'bank_transfer') {
      // Nothing is kept of it anywhere: there is nobody to ask.
      return { outcome: 'pending', parameters: { remittanceCode: request.id }, reference: request.id };
    }
    if (trade !== undefined && JSON.stringify(trade.request) !== JSON.stringify(request)) {
      return { outcome: 'declined', reason: { code: 'OUT_TRADE_NO_USED', message: 'other parameters' } };
    }
    trades.set(request.id, { request, state: 'open', captures: new Map() });
    return { outcome: 'pending', parameters: { prepay: `${request.id}-${calls.length}` } };
  }

  function readTrade(id: string): QueryPaymentResult {
    const trade = trades.get(id);
    if (trade === undefined) {
      return { outcome: 'not_found' };
    }
    switch (trade.state) {
      case 'open':
        return { outcome: 'pending' };
      case 'held':
        return { outcome: 'authorized', facts: trade.facts as PaymentFacts };
      case 'paid':
        return { outcome: 'succeeded', facts: trade.facts as PaymentFacts };
      case 'approved':
      case 'processing':
      case 'closed':
        return { outcome: trade.state };
    }
  }

  function takeCapture(request: CaptureRequest): CapturePaymentResult {
    const trade = trades.get(request.payment.id);
    const known = trade?.captures.get(request.id);
    if (trade === undefined || (known === undefined && !['held', 'approved'].includes(trade.state))) {
      return { outcome: 'failed', reason: { code: 'NOTHING_HELD', message: 'nothing is held' } };
    }
    trade.captures.set(request.id, request);
    const taken = [...trade.captures.values()].reduce((sum, { amount }) => sum + amount.amount, 0);
    if (request.isFinal || taken === trade.request.amount.amount) {
      trade.state = 'paid';
    }
    const facts = trade.facts ?? paymentFacts(trade.request, clock.now());
    if (trade.state === 'paid') {
      trade.facts = { ...facts, amount: { ...trade.request.amount, amount: taken } };
    }
    const transactionId = `44${request.id}`;
    return { outcome: 'succeeded', facts: { ...facts, amount: request.amount, transactionId } };
  }

  function closeTrade(id: string): ClosePaymentResult {
    const trade = trades.get(id);
    if (trade === undefined) {
      return { outcome: 'not_found' };
    }
    if (trade.state === 'paid') {
      return { outcome: 'already_paid' };
    }
    if (gateway.notClosable.has(trade.request.method)) {
      return { outcome: 'not_closable' };
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
    if (request.payment.method === 'bank_transfer' || request.payment.method === 'cash_on_delivery') {
      return { outcome: 'by_hand' };
    }
    if (!refunds.has(request.id)) {
      refunds.set(request.id, { request, state: gateway.refundsAreInstant ? 'succeeded' : 'pending' });
    }
    return readRefund(request.id) as RefundResult;
  }

  const gateway: FakeGateway = {
    trades,
    refunds,
    calls,
    disputes,
    refundsAreInstant: true,
    refundsAreByHand: false,
    capabilities: {
      provider: 'fake_pay',
      methods: [
        { ...offer, method: 'wechat_jsapi', needsOpenid: true },
        { ...offer, method: 'wechat_native', needsOpenid: false },
        { ...offer, method: 'credit_card', needsOpenid: false },
        { ...offer, method: 'alipay_page', needsOpenid: false, amounts: { CNY: { min: 2, max: 5_000_000 } } },
        {
          ...{ ...offer, needsOpenid: false },
          method: 'bank_transfer',
          settlement: 'by_hand',
          windowMs: 3 * DAY_MS,
        },
        { ...offer, method: 'cash_on_delivery', needsOpenid: false, settlement: 'on_delivery' },
      ],
      minimumExpiryMs: MINUTE_MS,
      refunds: { maxPerPayment: 50, minimumIntervalMs: MINUTE_MS, maxAgeMs: 365 * DAY_MS },
      get captures() {
        return gateway.captures;
      },
      bill: null,
      lateMoneyWindowMs: 58 * HOUR_MS,
      notificationBodyLimitBytes: 64 * 1_024,
    },
    merchantAccount: MERCHANT,
    feeBasisPoints: 60,
    captures: { holdMs: 7 * DAY_MS, isMultiple: true },
    captureMode: 'automatic',
    notClosable: new Set(),
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
    settle(id, state) {
      const trade = trades.get(id);
      if (trade === undefined) {
        throw new Error(`${id} is not known to the provider`);
      }
      trade.state = state;
      const facts = paymentFacts(trade.request, clock.now());
      if (state === 'held') {
        trade.facts = facts;
      }
      return facts;
    },
    createPayment: (request) => call('create', request.id, () => createTrade(request)),
    queryPayment: ({ id }) => call('query', id, () => readTrade(id)),
    closePayment: ({ id }) => call('close', id, () => closeTrade(id)),
    capturePayment: (request) => call('capture', request.id, () => takeCapture(request)),
    refund: (request) =>
      call('refund', request.id, () =>
        gateway.refundsAreByHand ? { outcome: 'by_hand' as const } : makeRefund(request),
      ),
    queryRefund: ({ id }) => call('queryRefund', id, () => readRefund(id)),
    finishAbnormalRefund: ({ refund }) =>
      call('finishAbnormalRefund', refund.id, () => {
        const known = refunds.get(refund.id);
        if (known !== undefined) {
          known.state = 'succeeded';
        }
        return readRefund(refund.id) as RefundResult;
      }),
    queryDispute: ({ id }) =>
      call('queryDispute', id, () => {
        const facts = disputes.get(id);
        return facts === undefined ? unknown : { outcome: 'found' as const, facts };
      }),
    parseNotification: readFakeNotification,
    replyTo: replyToFake,
  };
  return gateway;
}
