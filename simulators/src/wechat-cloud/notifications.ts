import { type Fault, numberParam, textParam } from '../faults.ts';
import { DELIVERY_FAULTS, type NotificationChannel } from '../notifier.ts';
import { randomText } from '../random.ts';
import { toDigits } from '../wechat-pay/beijing-time.ts';
import type { WeChatCloudContext } from './context.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Two days together, as the platform says; how it spreads its tries over them is an inference. */
const RETRY_STEPS_MS = [
  ...[15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE],
  ...[30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE, 3 * HOUR, 3 * HOUR, 3 * HOUR],
  ...[6 * HOUR, 6 * HOUR, 6 * HOUR, 6 * HOUR, 6 * HOUR],
];

const COMPOSE_FAULTS = ['truncated', 'wrong_amount', 'wrong_mchid', 'wrong_appid', 'wrong_number'] as const;

export const NOTIFY_FAULTS = [...DELIVERY_FAULTS, ...COMPOSE_FAULTS] as const;

/** What the present interface would tell, which trades and refunds are described in. */
interface Told {
  appid?: string;
  out_trade_no?: string;
  transaction_id?: string;
  bank_type?: string;
  success_time?: string;
  payer?: { openid?: string };
  out_refund_no?: string;
  refund_id?: string;
  refund_status?: string;
  amount?: { total?: number; refund?: number; currency?: string };
}

function isAcknowledged(status: number, body: string): boolean {
  try {
    return status === 200 && (JSON.parse(body) as { errcode?: unknown }).errcode === 0;
  } catch {
    return false;
  }
}

/** Callbacks are not signed: whoever sends one says who they are and what has happened. */
export function createCallbackChannel(context: WeChatCloudContext): NotificationChannel {
  return {
    retryStepsMs: RETRY_STEPS_MS,
    timeoutMs: 5 * SECOND,
    composeFaults: COMPOSE_FAULTS,
    isAcknowledged,
    compose(notification, fault) {
      const told = JSON.parse(notification.content) as Told;
      const parties = describeParties(context, told);
      const facts = told.out_refund_no === undefined ? describePayment(told) : describeRefund(told);
      const body = JSON.stringify(distort({ ...parties, ...facts }, fault));
      return {
        headers: { 'content-type': 'application/json', 'user-agent': 'Mozilla/4.0' },
        body: fault?.kind === 'truncated' ? body.slice(0, Math.floor(body.length / 2)) : body,
      };
    },
  };
}

function describeParties({ material }: WeChatCloudContext, told: Told): Record<string, unknown> {
  return {
    ...{ returnCode: 'SUCCESS', resultCode: 'SUCCESS' },
    ...{ appid: material.appid, mchId: material.mchid, subMchId: material.subMchid },
    ...(told.appid === undefined ? {} : { subAppid: told.appid }),
    nonceStr: randomText(16),
  };
}

function describePayment(told: Told): Record<string, unknown> {
  return {
    ...{ openid: `o${randomText(27)}`, isSubscribe: 'N', subOpenid: told.payer?.openid, subIsSubscribe: 'N' },
    ...{ tradeType: 'JSAPI', bankType: told.bank_type },
    ...{ totalFee: told.amount?.total, feeType: told.amount?.currency, cashFee: told.amount?.total },
    ...{ transactionId: told.transaction_id, outTradeNo: told.out_trade_no },
    timeEnd: toDigits(Date.parse(told.success_time ?? '')),
  };
}

/** What a callback of a refund holds is not documented; its numbers are an inference. */
function describeRefund(told: Told): Record<string, unknown> {
  return {
    ...{ transactionId: told.transaction_id, outTradeNo: told.out_trade_no },
    ...{ outRefundNo: told.out_refund_no, refundId: told.refund_id, refundStatus: told.refund_status },
    ...{ totalFee: told.amount?.total, refundFee: told.amount?.refund },
  };
}

function distort(callback: Record<string, unknown>, fault: Fault | undefined): Record<string, unknown> {
  switch (fault?.kind) {
    case 'wrong_amount': {
      const total = numberParam(fault, 'total', Number(callback.totalFee) + 1);
      return { ...callback, totalFee: total, cashFee: total };
    }
    case 'wrong_mchid':
      return { ...callback, subMchId: textParam(fault, 'mchid', '1999999999') };
    case 'wrong_appid':
      return { ...callback, subAppid: textParam(fault, 'appid', 'wx0000000000000000') };
    case 'wrong_number':
      return { ...callback, outTradeNo: textParam(fault, 'outTradeNo', `WRONG${randomText(20)}`) };
    default:
      return callback;
  }
}
