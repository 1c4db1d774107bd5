import { randomUUID } from 'node:crypto';
import { controlError } from '../control-error.ts';
import { numberParam, textParam } from '../faults.ts';
import type { TradingContext } from './context.ts';
import { WeChatPayError } from './errors.ts';
import { describeTrade, type Trade } from './trades.ts';

// The buyer's side of a trade, and the closing that races with it. A payment and its notification are written
// in one transaction of the store: a killed simulator has either both or none.

export type PayRefusal = 'already_paid' | 'order_closed' | 'time_expired' | 'not_the_payer';

/** Pays as one payer, or answers why WeChat would refuse that payer on the phone. */
export function payTrade(context: TradingContext, trade: Trade, payerId: string): PayRefusal | undefined {
  const openid = context.openids.of(payerId, trade.appid);
  const { outTradeNo } = trade;
  if (
    trade.tradeState === 'CLOSED' &&
    context.faults.take(context.provider, 'pay', ['paid_after_close'], { outTradeNo })
  ) {
    settlePayment(context, outTradeNo, openid, true);
    return undefined;
  }
  const refusal = refusalOf(context, trade, openid);
  if (refusal !== undefined) {
    context.trades.noteTry(trade.outTradeNo, refusal);
    return refusal;
  }
  settlePayment(context, trade.outTradeNo, openid, false);
  return undefined;
}

function refusalOf(context: TradingContext, trade: Trade, openid: string): PayRefusal | undefined {
  if (trade.tradeState === 'CLOSED') {
    return 'order_closed';
  }
  if (trade.tradeState !== 'NOTPAY') {
    return 'already_paid';
  }
  if (trade.expiresAt !== null && context.clock.now() >= trade.expiresAt) {
    return 'time_expired';
  }
  if (trade.boundOpenid !== null && trade.boundOpenid !== openid) {
    return 'not_the_payer';
  }
  return undefined;
}

function settlePayment(context: TradingContext, outTradeNo: string, openid: string, late: boolean): void {
  context.store.transaction(() => {
    if (!context.trades.markPaid(outTradeNo, openid, late)) {
      return;
    }
    const paid = context.trades.find(outTradeNo);
    if (paid === undefined) {
      throw new Error(`trade ${outTradeNo} vanished while it was paid`);
    }
    context.notifier.send({
      id: randomUUID(),
      provider: context.provider,
      eventType: 'TRANSACTION.SUCCESS',
      subject: outTradeNo,
      url: paid.notifyUrl,
      content: JSON.stringify(describeTrade(paid)),
    });
  });
}

/** The openid that pays when a fault plan makes the buyer act. */
function someOpenid(context: TradingContext, trade: Trade, payerId: string): string {
  if (trade.boundOpenid !== null) {
    return trade.boundOpenid;
  }
  const id = payerId === '' ? context.payers.first().id : payerId;
  return context.openids.of(id, trade.appid);
}

/** Closes at the merchant's request; re-entrant. Fault plans let the buyer win the race, before or after. */
export function closeTrade(context: TradingContext, outTradeNo: string): void {
  const known = context.trades.find(outTradeNo);
  if (known === undefined) {
    throw new WeChatPayError(404, 'ORDER_NOT_EXIST', '订单不存在');
  }
  const race = context.faults.take(context.provider, 'close', ['paid_during_close', 'paid_after_close'], {
    outTradeNo,
  });
  if (race?.kind === 'paid_during_close' && known.tradeState === 'NOTPAY') {
    settlePayment(context, outTradeNo, someOpenid(context, known, textParam(race, 'payerId', '')), false);
  }
  const trade = context.trades.find(outTradeNo) ?? known;
  if (trade.tradeState === 'SUCCESS' || trade.tradeState === 'REFUND') {
    throw new WeChatPayError(400, 'ORDERPAID', '该订单已支付');
  }
  context.trades.markClosed(outTradeNo);
  if (race?.kind === 'paid_after_close') {
    const subject = JSON.stringify([outTradeNo, someOpenid(context, trade, textParam(race, 'payerId', ''))]);
    const dueAt = context.clock.now() + context.clock.scale(numberParam(race, 'ms', 2000));
    context.scheduler.schedule(`${context.provider}.late-payment`, subject, dueAt);
  }
}

/** Registers what happens to a trade at a later time. */
export function registerPaymentTasks(context: TradingContext): void {
  context.scheduler.register(`${context.provider}.late-payment`, (task) => {
    const [outTradeNo, openid] = JSON.parse(task.subject) as [string, string];
    settlePayment(context, outTradeNo, openid, true);
  });
  context.scheduler.register(`${context.provider}.pay`, (task) => {
    const [outTradeNo, payerId] = JSON.parse(task.subject) as [string, string];
    payTrade(context, requireTrade(context, outTradeNo), payerId);
  });
}

export function requireTrade(context: TradingContext, outTradeNo: string): Trade {
  const trade = context.trades.find(outTradeNo);
  if (trade === undefined) {
    throw controlError(404, 'trade_not_found', `No trade "${outTradeNo}" at WeChat Pay.`);
  }
  return trade;
}
