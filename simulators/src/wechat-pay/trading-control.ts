import { controlError } from '../control-error.ts';
import type { TradingContext } from './context.ts';
import { type PayRefusal, payTrade, requireTrade } from './payments.ts';
import { scheduleSettlement, settleRefund } from './refund-trade.ts';
import { newRefund, type Refund } from './refunds.ts';
import type { Trade } from './trades.ts';

/** Names a trade by any of the things a buyer's phone is given; the first one present counts. */
export interface TradeReference {
  outTradeNo?: string | undefined;
  prepayId?: string | undefined;
  codeUrl?: string | undefined;
  /** What `wx.requestPayment` is called with; its signature is checked as WeChat does. */
  clientParams?: ClientParams | undefined;
  /** What a native app hands to WeChat's SDK; its signature is checked as well. */
  appParams?: AppParams | undefined;
}

export interface AppParams {
  appid: string;
  partnerid: string;
  prepayid: string;
  package: string;
  noncestr: string;
  timestamp: string;
  sign: string;
}

export interface ClientParams {
  appId: string;
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: string;
  paySign: string;
}

export interface PayInput extends TradeReference {
  /** Who pays; by default the payer the trade is bound to, else the first one. */
  payerId?: string | undefined;
  /** Pay this much later on the simulated clock (shortened by the time scale). */
  afterMs?: number | undefined;
}

export interface PayResult {
  result: 'paid' | 'scheduled' | 'refused';
  /** Why WeChat refused the buyer; absent otherwise. */
  reason?: PayRefusal | 'prepay_expired';
  trade: Trade;
}

export interface ConsoleRefundInput {
  outTradeNo: string;
  amount: number;
  outRefundNo?: string | undefined;
}

/** What a buyer and WeChat itself do to trades, however the merchant speaks to WeChat Pay. */
export interface TradingControl {
  listTrades(limit?: number): Trade[];
  findTrade(reference: TradeReference): Trade;
  pay(input: PayInput): PayResult;
  /** The buyer looks and goes away: the trade stays NOTPAY. */
  refuse(reference: TradeReference): Trade;
  /** WeChat closes the trade without being asked by the merchant. */
  close(reference: TradeReference): Trade;
  listRefunds(outTradeNo?: string, limit?: number): Refund[];
  /** Ends a refund now, as planned or as said. */
  settleRefund(outRefundNo: string, outcome?: Refund['outcome']): Refund;
  /** A refund made in the merchant's console, which the interface did not ask for. */
  refundInConsole(input: ConsoleRefundInput): Refund;
}

/** How the parameters are checked that a merchant hands to a phone; throws `pay_sign_invalid`. */
export interface SignChecks {
  clientParams(trade: Trade, params: ClientParams): void;
  appParams(trade: Trade, params: AppParams): void;
}

export function createTradingControl(context: TradingContext, checks: SignChecks): TradingControl {
  const { trades, refunds } = context;

  function resolve(reference: TradeReference): { trade: Trade; isExpired: boolean } {
    if (reference.outTradeNo !== undefined) {
      return { trade: requireTrade(context, reference.outTradeNo), isExpired: false };
    }
    const { clientParams, appParams } = reference;
    const signed = clientParams === undefined ? appParams?.prepayid : prepayIdOf(clientParams);
    const token = signed ?? reference.prepayId ?? reference.codeUrl;
    if (token === undefined) {
      throw controlError(
        422,
        'trade_reference_required',
        'Name a trade: outTradeNo, prepayId, codeUrl, clientParams or appParams.',
      );
    }
    const known = trades.findToken(token);
    if (known === undefined) {
      throw controlError(404, 'trade_not_found', `WeChat Pay never gave out "${token}".`);
    }
    const trade = requireTrade(context, known.outTradeNo);
    if (clientParams !== undefined) {
      checks.clientParams(trade, clientParams);
    }
    if (appParams !== undefined) {
      checks.appParams(trade, appParams);
    }
    return { trade, isExpired: known.expiresAt <= context.clock.now() };
  }

  function pay(input: PayInput): PayResult {
    const { trade, isExpired } = resolve(input);
    const payerId =
      input.payerId === undefined ? usualPayer(context, trade) : context.payers.find(input.payerId).id;
    if (isExpired) {
      return { result: 'refused', reason: 'prepay_expired', trade };
    }
    if (input.afterMs !== undefined && input.afterMs > 0) {
      const dueAt = context.clock.now() + context.clock.scale(input.afterMs);
      context.scheduler.schedule(
        `${context.provider}.pay`,
        JSON.stringify([trade.outTradeNo, payerId]),
        dueAt,
      );
      return { result: 'scheduled', trade };
    }
    const reason = payTrade(context, trade, payerId);
    const now = requireTrade(context, trade.outTradeNo);
    return reason === undefined ? { result: 'paid', trade: now } : { result: 'refused', reason, trade: now };
  }

  return {
    listTrades: (limit) => trades.list(limit ?? 100),
    findTrade: (reference) => resolve(reference).trade,
    pay,
    refuse(reference) {
      const { outTradeNo } = resolve(reference).trade;
      trades.noteTry(outTradeNo, 'cancelled_by_buyer');
      return requireTrade(context, outTradeNo);
    },
    close(reference) {
      const { outTradeNo } = resolve(reference).trade;
      if (!trades.markClosed(outTradeNo)) {
        throw controlError(409, 'trade_not_open', `Trade "${outTradeNo}" is not waiting for payment.`);
      }
      return requireTrade(context, outTradeNo);
    },
    listRefunds: (outTradeNo, limit) => refunds.list(outTradeNo, limit ?? 100),
    settleRefund(outRefundNo, outcome) {
      const known = requireRefund(context, outRefundNo);
      if (known.status !== 'PROCESSING') {
        throw controlError(
          409,
          'refund_not_processing',
          `Refund "${outRefundNo}" is ${known.status} already.`,
        );
      }
      if (outcome !== undefined) {
        refunds.plan(outRefundNo, outcome);
      }
      context.scheduler.cancel(`${context.provider}.settle-refund`, outRefundNo);
      settleRefund(context, outRefundNo);
      return requireRefund(context, outRefundNo);
    },
    refundInConsole: (input) => refundInConsole(context, input),
  };
}

function usualPayer(context: TradingContext, trade: Trade): string {
  const owner = trade.boundOpenid === null ? undefined : context.openids.owner(trade.boundOpenid);
  return owner?.payerId ?? context.payers.first().id;
}

function requireRefund(context: TradingContext, outRefundNo: string): Refund {
  const refund = context.refunds.find(outRefundNo);
  if (refund === undefined) {
    throw controlError(404, 'refund_not_found', `No refund "${outRefundNo}" at WeChat Pay.`);
  }
  return refund;
}

function prepayIdOf(params: ClientParams): string {
  return params.package.replace(/^prepay_id=/, '');
}

function refundInConsole(context: TradingContext, input: ConsoleRefundInput): Refund {
  return context.store.transaction(() => {
    const trade = requireTrade(context, input.outTradeNo);
    const now = context.clock.now();
    const outRefundNo = input.outRefundNo ?? `CONSOLE${now}`;
    if (context.refunds.find(outRefundNo) !== undefined) {
      throw controlError(409, 'refund_exists', `There is a refund "${outRefundNo}" already.`);
    }
    if (!context.trades.reserveRefund(trade.outTradeNo, input.amount)) {
      throw controlError(409, 'not_refundable', `Trade "${trade.outTradeNo}" has less than that to refund.`);
    }
    const choices = {
      reason: null,
      notifyUrl: null,
      fundsAccount: 'AVAILABLE',
      outcome: 'SUCCESS',
      origin: 'console',
    } as const;
    const refund = newRefund(trade, { ...choices, outRefundNo, refund: input.amount }, now);
    context.refunds.insert(refund);
    scheduleSettlement(context, refund, context.refundSettleMs());
    return refund;
  });
}
