import { numberParam, textParam } from '../faults.ts';
import { check, referenceSchema } from './content.ts';
import { type AlipayContext, PROVIDER } from './context.ts';
import { refused } from './errors.ts';
import { findTrade, requireTrade } from './find-trade.ts';
import { tellPayment } from './notices.ts';
import { refundRest } from './refund-trade.ts';
import type { Trade } from './trades.ts';

// The buyer's side of a trade, and the closing and cancelling that race with it. A payment and its notification are
// written in one transaction of the store: a killed simulator has either both or none.

export type PayRefusal = 'already_paid' | 'order_closed' | 'time_expired';

/** The buyer scans the code or opens the page: from now on there is a trade. Answers why Alipay would not show it. */
export function scanTrade(context: AlipayContext, trade: Trade): PayRefusal | undefined {
  const refusal = refusalOf(context, trade);
  if (refusal === undefined) {
    context.trades.markScanned(trade.outTradeNo);
  }
  return refusal;
}

/** Scans, where that was not done, and pays; or answers why Alipay would refuse it on the phone. */
export function payTrade(context: AlipayContext, trade: Trade, payerId: string): PayRefusal | undefined {
  const { outTradeNo, tradeState } = trade;
  const isDead = tradeState === 'TRADE_CLOSED' || tradeState === 'CANCELLED';
  if (isDead && context.faults.take(PROVIDER, 'pay', ['paid_after_close'], { outTradeNo })) {
    settlePayment(context, outTradeNo, payerId, true);
    return undefined;
  }
  const refusal = scanTrade(context, trade);
  if (refusal !== undefined) {
    context.trades.noteTry(outTradeNo, refusal);
    return refusal;
  }
  settlePayment(context, outTradeNo, payerId, false);
  return undefined;
}

function refusalOf(context: AlipayContext, trade: Trade): PayRefusal | undefined {
  if (trade.paidAt !== null) {
    return 'already_paid';
  }
  const isOver = trade.expiresAt !== null && context.clock.now() >= trade.expiresAt;
  if (trade.tradeState === 'CANCELLED') {
    return 'order_closed';
  }
  if (trade.tradeState === 'TRADE_CLOSED') {
    return isOver ? 'time_expired' : 'order_closed';
  }
  return isOver ? 'time_expired' : undefined;
}

function settlePayment(context: AlipayContext, outTradeNo: string, payerId: string, late: boolean): void {
  context.store.transaction(() => {
    if (context.trades.markPaid(outTradeNo, payerId, late)) {
      tellPayment(context, requireTrade(context, outTradeNo));
    }
  });
}

/** The race that a fault plan asks for: the buyer pays just before, or a while after. */
function race(context: AlipayContext, operation: 'close' | 'cancel', outTradeNo: string): void {
  const known = context.trades.find(outTradeNo);
  const plan = context.faults.take(PROVIDER, operation, ['paid_during_close', 'paid_after_close'], {
    outTradeNo,
  });
  if (plan === undefined || known === undefined) {
    return;
  }
  const payerId = textParam(plan, 'payerId', '') || context.payers.first().id;
  if (plan.kind === 'paid_during_close') {
    payTrade(context, known, payerId);
    return;
  }
  const dueAt = context.clock.now() + context.clock.scale(numberParam(plan, 'ms', 2000));
  context.scheduler.schedule('alipay.late-payment', JSON.stringify([outTradeNo, payerId]), dueAt);
}

const outTradeNoOf = (context: AlipayContext, content: unknown) => {
  const input = check(referenceSchema, content);
  return input.out_trade_no ?? context.trades.findByTradeNo(input.trade_no ?? '')?.outTradeNo ?? '';
};

/** Only a trade that waits for its payer can be closed. */
export function closeTrade(context: AlipayContext, content: unknown): Record<string, unknown> {
  race(context, 'close', outTradeNoOf(context, content));
  const trade = findTrade(context, content);
  if (!context.trades.move(trade.outTradeNo, 'WAIT_BUYER_PAY', 'TRADE_CLOSED')) {
    throw trade.tradeState === 'TRADE_CLOSED'
      ? refused('REASON_TRADE_STATUS_INVALID', '交易状态异常')
      : refused('TRADE_STATUS_ERROR', '交易状态不合法');
  }
  return { out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
}

/** Kills what is not paid, scanned or not, and returns what is. */
export function cancelTrade(context: AlipayContext, content: unknown): Record<string, unknown> {
  const outTradeNo = outTradeNoOf(context, content);
  race(context, 'cancel', outTradeNo);
  const answer = { out_trade_no: outTradeNo, retry_flag: 'N' };
  const trade = context.trades.find(outTradeNo);
  switch (trade?.tradeState) {
    case 'TRADE_SUCCESS':
      refundRest(context, trade);
      return { ...answer, trade_no: trade.tradeNo, action: 'refund' };
    case 'TRADE_FINISHED':
      throw refused('CANCEL_NOT_ALLOWED', '交易不允许撤销');
    case 'WAIT_BUYER_PAY':
      context.trades.move(outTradeNo, 'WAIT_BUYER_PAY', 'TRADE_CLOSED');
      return { ...answer, trade_no: trade.tradeNo, action: 'close' };
    case 'TRADE_CLOSED':
      return { ...answer, trade_no: trade.tradeNo, action: trade.paidAt === null ? 'close' : 'refund' };
    case 'UNSCANNED':
      context.trades.markCancelled(outTradeNo);
      return answer;
    default:
      return answer;
  }
}

/** Registers what happens to a trade at a later time. */
export function registerPaymentTasks(context: AlipayContext): void {
  context.scheduler.register('alipay.late-payment', (task) => {
    const [outTradeNo, payerId] = JSON.parse(task.subject) as [string, string];
    settlePayment(context, outTradeNo, payerId, true);
  });
  context.scheduler.register('alipay.pay', (task) => {
    const [outTradeNo, payerId] = JSON.parse(task.subject) as [string, string];
    payTrade(context, requireTrade(context, outTradeNo), payerId);
  });
}
