import { BILL_FAULTS } from '../wechat-pay/bill-rows.ts';
import { WeChatPayError } from '../wechat-pay/errors.ts';
import { closeTrade } from '../wechat-pay/payments.ts';
import { REFUND_FAULTS, refundTrade } from '../wechat-pay/refund-trade.ts';
import { check, group, integer, parseBody, text } from '../wechat-pay/rules.ts';
import { TRANSPORT_FAULTS, type WireAnswer, type WireRequest, type WireRoute } from '../wire.ts';
import { downloadBill } from './bill.ts';
import { PROVIDER, type WeChatCloudContext } from './context.ts';
import { NOTIFY_FAULTS } from './notifications.ts';
import {
  callbackFields,
  callbackUrl,
  findBadCallback,
  findBadMerchant,
  merchantField,
  numberField,
  placeOrder,
} from './orders.ts';
import { distortTrade, QUERY_FAULTS } from './query-faults.ts';
import { describeAccepted, describeRefunds, describeTrade, refusal, success } from './words.ts';

export interface Operation extends WireRoute {
  run(context: WeChatCloudContext, body: Record<string, unknown>): WireAnswer;
}

/** Nothing is signed here, so no signature can be wrong; WeChat Pay behind the platform can fail on its own. */
const ANY_FAULT = [
  ...TRANSPORT_FAULTS.filter((kind) => kind !== 'wrong_signature' && kind !== 'unknown_serial'),
  'system_error',
  'system_error_after_commit',
];

export const WECHAT_CLOUD_FAULTS = {
  unified_order: ANY_FAULT,
  query: [...ANY_FAULT, ...QUERY_FAULTS],
  close: [...ANY_FAULT, 'paid_during_close', 'paid_after_close'],
  refund: [...ANY_FAULT, ...REFUND_FAULTS],
  query_refund: ANY_FAULT,
  bill: [...ANY_FAULT, ...BILL_FAULTS],
  /** The buyer's own act, not an operation of the interface: a closed trade takes the money all the same. */
  pay: ['paid_after_close'],
  notify: NOTIFY_FAULTS,
};

const tradeSchema = group('请求', { sub_mch_id: merchantField, out_trade_no: numberField });

const refundSchema = group('退款请求', {
  ...callbackFields,
  out_trade_no: numberField,
  out_refund_no: text('商户退款单号', { max: 64, pattern: /^[0-9A-Za-z_\-|*@]+$/ }),
  sub_mch_id: merchantField,
  total_fee: integer('订单金额', 1),
  refund_fee: integer('退款金额', 1),
  refund_desc: text('退款原因', { max: 80 }).optional(),
});

const refundQuerySchema = group('查询退款请求', {
  sub_mch_id: merchantField,
  out_refund_no: text('商户退款单号', { max: 64 }).optional(),
  out_trade_no: numberField.optional(),
});

function query(context: WeChatCloudContext, body: unknown): WireAnswer {
  const input = check(tradeSchema, body, 'body');
  const trade = context.trades.find(input.out_trade_no);
  if (trade === undefined) {
    return refusal(context, 'ORDERNOTEXIST', '订单不存在');
  }
  const fault = context.faults.take(PROVIDER, 'query', QUERY_FAULTS, { outTradeNo: trade.outTradeNo });
  const data = describeTrade(trade);
  return success(context, fault === undefined ? data : distortTrade(data, fault));
}

function close(context: WeChatCloudContext, body: unknown): WireAnswer {
  const { out_trade_no: outTradeNo } = check(tradeSchema, body, 'body');
  closeTrade(context, outTradeNo);
  return success(context, { sub_appid: context.trades.find(outTradeNo)?.appid ?? '' });
}

function refund(context: WeChatCloudContext, body: unknown): WireAnswer {
  const input = check(refundSchema, body, 'body');
  const bad = findBadCallback(context, input);
  if (bad !== undefined) {
    return bad;
  }
  refundTrade(context, {
    ...{ out_trade_no: input.out_trade_no, out_refund_no: input.out_refund_no },
    ...(input.refund_desc === undefined ? {} : { reason: input.refund_desc }),
    notify_url: callbackUrl(context, input),
    amount: { refund: input.refund_fee, total: input.total_fee, currency: 'CNY' },
  });
  const accepted = context.refunds.find(input.out_refund_no);
  if (accepted === undefined) {
    throw new Error(`refund ${input.out_refund_no} vanished while it was accepted`);
  }
  return success(context, describeAccepted(accepted));
}

function queryRefund(context: WeChatCloudContext, body: unknown): WireAnswer {
  const { out_refund_no: outRefundNo, out_trade_no: outTradeNo } = check(refundQuerySchema, body, 'body');
  const one = outRefundNo === undefined ? undefined : context.refunds.find(outRefundNo);
  const many =
    outRefundNo === undefined && outTradeNo !== undefined ? context.refunds.list(outTradeNo, 50) : [];
  const found = one === undefined ? many : [one];
  return found.length === 0
    ? refusal(context, 'REFUNDNOTEXIST', '退款订单查询失败')
    : success(context, describeRefunds(found, context.settings.current().refundLists === 'filled'));
}

/** Fault plans are matched before a body is checked, so it may be anything. */
function subjectOf(request: WireRequest): Record<string, string | undefined> {
  const read = (name: string) => new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(request.body)?.[1];
  return {
    outTradeNo: read('out_trade_no'),
    outRefundNo: read('out_refund_no'),
    billDate: read('bill_date'),
  };
}

const operation = (
  name: keyof typeof WECHAT_CLOUD_FAULTS,
  verb: string,
  run: Operation['run'],
): Operation => ({
  ...{ operation: name, method: 'POST', url: `/_/pay/${verb}`, subject: subjectOf },
  run(context, body) {
    const subMchid = typeof body.sub_mch_id === 'string' ? body.sub_mch_id : '';
    return findBadMerchant(context, subMchid) ?? run(context, body);
  },
});

export const OPERATIONS: readonly Operation[] = [
  operation('unified_order', 'unifiedOrder', placeOrder),
  operation('unified_order', 'unifiedorder', placeOrder),
  operation('query', 'queryorder', query),
  operation('close', 'closeorder', close),
  operation('refund', 'refund', refund),
  operation('query_refund', 'queryrefund', queryRefund),
  operation('bill', 'downloadbill', downloadBill),
];

/** Reads the body; what is no JSON object is refused in WeChat Pay's words. */
export function readContent(request: WireRequest): Record<string, unknown> | WeChatPayError {
  try {
    return parseBody(request.body);
  } catch (error) {
    if (error instanceof WeChatPayError) {
      return error;
    }
    throw error;
  }
}
