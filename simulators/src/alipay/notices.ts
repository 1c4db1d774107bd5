import { randomDigits } from '../random.ts';
import { toBillTime, toDigits } from '../wechat-pay/beijing-time.ts';
import { type AlipayContext, PROVIDER } from './context.ts';
import type { Refund } from './refunds.ts';
import { buyerIdOf, type Trade, yuan } from './trades.ts';

/** What a notification of a payment says, but for what is made anew for each try: times, certificate, signature. */
function noticeOf(trade: Trade): Record<string, string> {
  const total = yuan(trade.total);
  return {
    notify_type: 'trade_status_sync',
    app_id: trade.appId,
    auth_app_id: trade.appId,
    version: '1.0',
    trade_no: trade.tradeNo ?? '',
    out_trade_no: trade.outTradeNo,
    trade_status: trade.tradeState,
    subject: trade.description,
    total_amount: total,
    receipt_amount: total,
    buyer_pay_amount: total,
    invoice_amount: total,
    point_amount: '0.00',
    buyer_id: buyerIdOf(trade.payerId ?? ''),
    buyer_logon_id: '199****0000',
    seller_id: trade.sellerId,
    gmt_create: toBillTime(trade.scannedAt ?? trade.createdAt),
    gmt_payment: toBillTime(trade.paidAt ?? 0),
    fund_bill_list: JSON.stringify([{ amount: total, fundChannel: 'ALIPAYACCOUNT' }]),
    ...(trade.passbackParams === null ? {} : { passback_params: trade.passbackParams }),
    ...(trade.closedAt === null ? {} : { gmt_close: toBillTime(trade.closedAt) }),
  };
}

function tell(context: AlipayContext, trade: Trade, eventType: string, notice: Record<string, string>): void {
  if (trade.notifyUrl === null) {
    return;
  }
  context.notifier.send({
    // The number under which Alipay tells it, the same for every try.
    id: `${toDigits(context.clock.now()).slice(0, 8)}00222${randomDigits(21)}`,
    provider: PROVIDER,
    eventType,
    subject: trade.outTradeNo,
    url: trade.notifyUrl,
    content: JSON.stringify(notice),
  });
}

export function tellPayment(context: AlipayContext, trade: Trade): void {
  tell(context, trade, trade.tradeState, noticeOf(trade));
}

/** A refund is told as a change of its trade: the sum of all refunds, and this one's number unless it had none. */
export function tellRefund(context: AlipayContext, trade: Trade, refund: Refund): void {
  const at = refund.succeededAt ?? context.clock.now();
  tell(context, trade, 'REFUND', {
    ...noticeOf(trade),
    refund_fee: yuan(context.refunds.returnedOf(trade.outTradeNo)),
    gmt_refund: `${toBillTime(at)}.${String(at % 1000).padStart(3, '0')}`,
    ...(refund.origin === 'cancel' ? {} : { out_biz_no: refund.outRequestNo }),
  });
}
