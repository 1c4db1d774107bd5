import { controlError } from '../control-error.ts';
import { type Fault, numberParam } from '../faults.ts';
import { toBillTime } from '../wechat-pay/beijing-time.ts';
import { check, refundQuerySchema, refundSchema } from './content.ts';
import { type AlipayContext, PROVIDER } from './context.ts';
import { refused } from './errors.ts';
import { findTrade, requireTrade } from './find-trade.ts';
import { tellRefund } from './notices.ts';
import type { Refund } from './refunds.ts';
import { buyerIdOf, type Trade, yuan } from './trades.ts';

// Money goes back at most once for each trade and request number, and never more than was paid: the sum is a conditional
// update under a CHECK, in one transaction with the refund's row and its notification.

/** Kinds of fault that decide what becomes of a refund. */
export const REFUND_FAULTS = ['refund_pending', 'not_enough', 'refund_charge_error'] as const;

interface NewRefund {
  outRequestNo: string;
  amount: number;
  reason: string | null;
  origin: Refund['origin'];
}

/** Refunds, or says what became of the same request before. */
export function refundTrade(context: AlipayContext, content: unknown): Record<string, unknown> {
  const input = check(refundSchema, content);
  return context.store.transaction(() => {
    const trade = findTrade(context, content);
    const outRequestNo = input.out_request_no ?? trade.outTradeNo;
    const known = context.refunds.find(trade.outTradeNo, outRequestNo);
    if (known !== undefined) {
      if (known.refund !== input.refund_amount) {
        throw refused('DISCORDANT_REPEAT_REQUEST', '同一笔退款金额不一致');
      }
      return describeAnswer(context, trade, 'N');
    }
    refuseByRule(trade);
    const fault = context.faults.take(PROVIDER, 'refund', REFUND_FAULTS, {
      outTradeNo: trade.outTradeNo,
      outRequestNo,
    });
    refuseByFault(fault);
    const isPending = fault?.kind === 'refund_pending';
    const wanted = { outRequestNo, amount: input.refund_amount, reason: input.refund_reason ?? null };
    accept(context, trade, { ...wanted, origin: 'api' }, isPending ? fault : undefined);
    return describeAnswer(context, trade, isPending ? 'N' : 'Y');
  });
}

function refuseByRule(trade: Trade): void {
  switch (trade.tradeState) {
    case 'TRADE_SUCCESS':
      return;
    case 'TRADE_FINISHED':
      throw refused('TRADE_HAS_FINISHED', '交易已完结');
    case 'TRADE_CLOSED':
      throw refused('TRADE_HAS_CLOSE', '交易已关闭');
    default:
      throw refused('TRADE_STATUS_ERROR', '交易状态非法');
  }
}

function refuseByFault(fault: Fault | undefined): void {
  if (fault?.kind === 'not_enough') {
    throw refused('SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足');
  }
  if (fault?.kind === 'refund_charge_error') {
    throw refused('REFUND_CHARGE_ERROR', '退收费异常');
  }
}

function accept(context: AlipayContext, trade: Trade, wanted: NewRefund, pending: Fault | undefined): void {
  if (!context.trades.takeRefund(trade.outTradeNo, wanted.amount)) {
    throw refused('REASON_TRADE_REFUND_FEE_ERR', '退款金额无效');
  }
  const now = context.clock.now();
  const refund: Refund = {
    outRequestNo: wanted.outRequestNo,
    outTradeNo: trade.outTradeNo,
    refund: wanted.amount,
    reason: wanted.reason,
    status: 'PROCESSING',
    origin: wanted.origin,
    createdAt: now,
    succeededAt: null,
  };
  context.refunds.insert(refund);
  if (pending === undefined) {
    finishRefund(context, refund);
    return;
  }
  const waitMs = numberParam(pending, 'ms', context.settings.current().refundSettleMs);
  const subject = JSON.stringify([refund.outTradeNo, refund.outRequestNo]);
  context.scheduler.schedule('alipay.settle-refund', subject, now + context.clock.scale(waitMs));
}

/** The money is back with the payer; the merchant is told. A trade with nothing left is closed. */
function finishRefund(context: AlipayContext, refund: Refund): void {
  context.store.transaction(() => {
    const now = context.clock.now();
    if (!context.refunds.finish(refund, now)) {
      return;
    }
    const before = context.trades.find(refund.outTradeNo);
    if (before !== undefined && context.refunds.returnedOf(refund.outTradeNo) === before.total) {
      context.trades.move(refund.outTradeNo, 'TRADE_SUCCESS', 'TRADE_CLOSED');
    }
    const after = context.trades.find(refund.outTradeNo);
    if (after !== undefined) {
      tellRefund(context, after, { ...refund, status: 'SUCCESS', succeededAt: now });
    }
  });
}

/** A cancel that came after the payment: all that is left goes back, under the trade's own number. */
export function refundRest(context: AlipayContext, trade: Trade): void {
  const wanted = { outRequestNo: trade.outTradeNo, amount: trade.total - trade.refunded, reason: null };
  accept(context, trade, { ...wanted, origin: 'cancel' }, undefined);
}

function describeAnswer(
  context: AlipayContext,
  trade: Trade,
  fundChange: 'Y' | 'N',
): Record<string, unknown> {
  const now = context.clock.now();
  const returned = yuan(context.refunds.returnedOf(trade.outTradeNo));
  return {
    out_trade_no: trade.outTradeNo,
    trade_no: trade.tradeNo,
    buyer_user_id: buyerIdOf(trade.payerId ?? ''),
    buyer_logon_id: '199****0000',
    fund_change: fundChange,
    refund_fee: returned,
    send_back_fee: returned,
    ...(fundChange === 'Y' ? { gmt_refund_pay: toBillTime(now) } : {}),
  };
}

/** A refund that is not done looks like one that was never asked for: `10000` without a status. */
export function queryRefund(context: AlipayContext, content: unknown): Record<string, unknown> {
  const input = check(refundQuerySchema, content);
  const trade = findTrade(context, content);
  const refund = context.refunds.find(trade.outTradeNo, input.out_request_no);
  if (refund?.status !== 'SUCCESS') {
    return {};
  }
  return {
    out_trade_no: trade.outTradeNo,
    trade_no: trade.tradeNo,
    out_request_no: refund.outRequestNo,
    total_amount: yuan(trade.total),
    refund_amount: yuan(refund.refund),
    refund_status: 'REFUND_SUCCESS',
    gmt_refund_pay: toBillTime(refund.succeededAt ?? 0),
    ...(refund.reason === null ? {} : { refund_reason: refund.reason }),
  };
}

/** A refund made in the merchant's console, which the interface did not ask for. */
export function refundInConsole(context: AlipayContext, outTradeNo: string, amount: number): Refund {
  return context.store.transaction(() => {
    const trade = requireTrade(context, outTradeNo);
    if (trade.tradeState !== 'TRADE_SUCCESS' || trade.total - trade.refunded < amount) {
      throw controlError(409, 'not_refundable', `Trade "${outTradeNo}" has less than that to refund.`);
    }
    const outRequestNo = `CONSOLE${context.clock.now()}${context.refunds.list(outTradeNo, 1000).length}`;
    accept(context, trade, { outRequestNo, amount, reason: null, origin: 'console' }, undefined);
    return requireRefund(context, outTradeNo, outRequestNo);
  });
}

/** Ends a refund now that a fault plan holds back. */
export function settleRefund(context: AlipayContext, outTradeNo: string, outRequestNo: string): Refund {
  finishRefund(context, requireRefund(context, outTradeNo, outRequestNo));
  context.scheduler.cancel('alipay.settle-refund', JSON.stringify([outTradeNo, outRequestNo]));
  return requireRefund(context, outTradeNo, outRequestNo);
}

function requireRefund(context: AlipayContext, outTradeNo: string, outRequestNo: string): Refund {
  const refund = context.refunds.find(outTradeNo, outRequestNo);
  if (refund === undefined) {
    throw controlError(404, 'refund_not_found', `No refund "${outRequestNo}" of "${outTradeNo}" at Alipay.`);
  }
  return refund;
}

export function registerRefundTasks(context: AlipayContext): void {
  context.scheduler.register('alipay.settle-refund', (task) => {
    const [outTradeNo, outRequestNo] = JSON.parse(task.subject) as [string, string];
    const refund = context.refunds.find(outTradeNo, outRequestNo);
    if (refund !== undefined) {
      finishRefund(context, refund);
    }
  });
}
