import { randomHex, randomText } from '../random.ts';
import { toDigits } from '../wechat-pay/beijing-time.ts';
import type { WeChatPayError } from '../wechat-pay/errors.ts';
import type { Refund, RefundStatus } from '../wechat-pay/refunds.ts';
import { TRADE_TYPES, type Trade } from '../wechat-pay/trades.ts';
import type { WireAnswer } from '../wire.ts';
import type { WeChatCloudContext } from './context.ts';

// The platform wraps WeChat Pay's old interface: its fields as JSON, inside an envelope of the platform's own.

/** Codes of the old interface that differ from the present one's. */
const CODES: Readonly<Record<string, string>> = {
  ORDER_NOT_EXIST: 'ORDERNOTEXIST',
  RESOURCE_NOT_EXISTS: 'ORDERNOTEXIST',
  ORDER_CLOSED: 'ORDERCLOSED',
  NOT_ENOUGH: 'NOTENOUGH',
  TRADE_ERROR: 'TRADE_STATE_ERROR',
};

const REFUND_STATUS: Record<RefundStatus, string> = {
  PROCESSING: 'PROCESSING',
  SUCCESS: 'SUCCESS',
  ABNORMAL: 'CHANGE',
  CLOSED: 'REFUNDCLOSE',
};

type Data = Record<string, unknown>;

export function wordAnswer(content: Data): WireAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-openapi-seqid': randomHex(32) },
    body: JSON.stringify(content),
  };
}

/** An error of the platform itself: the request has not come to WeChat Pay. */
export function platformError(errcode: number, errmsg: string): WireAnswer {
  return wordAnswer({ errcode, errmsg });
}

/** What WeChat Pay said, handed on. */
export function handOn(respdata: unknown): WireAnswer {
  return wordAnswer({ errcode: 0, errmsg: 'ok', respdata });
}

export function partiesOf({ material }: WeChatCloudContext): Data {
  return {
    appid: material.appid,
    mch_id: material.mchid,
    sub_mch_id: material.subMchid,
    nonce_str: randomText(16),
    sign: randomHex(32).toUpperCase(),
  };
}

export function success(context: WeChatCloudContext, data: Data): WireAnswer {
  return handOn({
    ...{ return_code: 'SUCCESS', return_msg: 'OK' },
    ...partiesOf(context),
    ...{ result_code: 'SUCCESS', ...data },
  });
}

export function refusal(context: WeChatCloudContext, code: string, description: string): WireAnswer {
  return handOn({
    ...{ return_code: 'SUCCESS', return_msg: 'OK' },
    ...partiesOf(context),
    ...{ result_code: 'FAIL', err_code: code, err_code_des: description },
  });
}

/** The refusal in the words of the old interface. */
export function wordRefusal(context: WeChatCloudContext, { code, message }: WeChatPayError): WireAnswer {
  return refusal(context, CODES[code] ?? code, message);
}

export function describeTrade(trade: Trade): Data {
  const common = {
    sub_appid: trade.appid,
    out_trade_no: trade.outTradeNo,
    trade_state: trade.tradeState,
    trade_state_desc: trade.tradeState === 'NOTPAY' ? '订单未支付' : '支付成功',
    attach: trade.attach ?? '',
  };
  if (trade.paidAt === null) {
    return common;
  }
  return {
    ...common,
    ...{ openid: `o${randomText(27)}`, is_subscribe: 'N', sub_openid: trade.paidOpenid },
    ...{ trade_type: TRADE_TYPES[trade.product], bank_type: trade.bankType },
    ...{ total_fee: trade.total, fee_type: trade.currency, cash_fee: trade.total, cash_fee_type: 'CNY' },
    ...{ coupon_id_list: [], coupon_type_list: [], coupon_fee_list: [] },
    ...{ transaction_id: trade.transactionId, time_end: toDigits(trade.paidAt) },
  };
}

export function describeAccepted(refund: Refund): Data {
  return {
    transaction_id: refund.transactionId,
    out_trade_no: refund.outTradeNo,
    out_refund_no: refund.outRefundNo,
    refund_id: refund.refundId,
    ...{ refund_fee: refund.refund, total_fee: refund.total, cash_fee: refund.total },
    ...{ cash_refund_fee: refund.refund, coupon_refund_fee: 0, coupon_refund_count: 0 },
    ...{ coupon_type_list: [], coupon_refund_id_list: [], coupon_refund_fee_list: [] },
  };
}

/** Refunds of one trade as a query tells them: how many there are, and in lists, which may be empty, which and where. */
export function describeRefunds(refunds: readonly Refund[], isFilled: boolean): Data {
  const [first] = refunds;
  const told = isFilled ? refunds : [];
  const done = (at: number | null) => (at === null ? '' : timeOf(at));
  return {
    transaction_id: first?.transactionId ?? '',
    out_trade_no: first?.outTradeNo ?? '',
    ...{ total_fee: first?.total ?? 0, cash_fee: first?.total ?? 0, refund_count: refunds.length },
    out_refund_no_list: told.map(({ outRefundNo }) => outRefundNo),
    refund_id_list: told.map(({ refundId }) => refundId),
    refund_channel: told.map(() => 'ORIGINAL'),
    refund_fee_list: told.map(({ refund }) => refund),
    settlement_refund_fee_list: told.map(({ refund }) => refund),
    refund_status_list: told.map(({ status }) => REFUND_STATUS[status]),
    refund_account_list: told.map(() => 'REFUND_SOURCE_RECHARGE_FUNDS'),
    refund_recv_accout_list: told.map(() => '支付用户零钱'),
    refund_success_time_list: told.map(({ succeededAt }) => done(succeededAt)),
  };
}

/** `2026-11-20 20:15:00`. */
function timeOf(epochMs: number): string {
  const [year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(toDigits(epochMs))?.slice(1) ?? [];
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
