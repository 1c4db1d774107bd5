import { z } from 'zod';
import { randomText } from '../random.ts';
import { prepay } from '../wechat-pay/prepay.ts';
import { check, group, integer, text } from '../wechat-pay/rules.ts';
import type { WireAnswer } from '../wire.ts';
import type { WeChatCloudContext } from './context.ts';
import { signMd5 } from './material.ts';
import { platformError, refusal, success } from './words.ts';

const TIME = /^\d{14}$/;

export const containerSchema = group('回调容器', {
  service: text('服务名称', { max: 64 }),
  path: text('回调路径', { max: 256, pattern: /^\// }),
});

export const merchantField = text('子商户号', { max: 32 });
export const numberField = text('商户订单号', { min: 6, max: 32, pattern: /^[0-9A-Za-z_\-|*@]+$/ });

/** What says where a callback goes. */
export const callbackFields = {
  env_id: text('云环境ID', { max: 64 }),
  callback_type: z.literal(2, { error: '结果通知类型”枚举规则校验失败' }),
  container: containerSchema,
};

const orderSchema = group('统一下单请求', {
  ...callbackFields,
  body: text('商品描述', { max: 128 }),
  openid: text('用户标识', { max: 128 }),
  out_trade_no: numberField,
  spbill_create_ip: text('终端IP', { max: 64 }),
  sub_mch_id: merchantField,
  total_fee: integer('总金额', 1, 1_000_000_000),
  time_expire: text('交易结束时间', { max: 14, pattern: TIME }).optional(),
});

type Callback = z.infer<z.ZodObject<typeof callbackFields>>;

/** The platform hands nothing on for an environment or a service that it does not know. */
export function findBadCallback(
  { material }: WeChatCloudContext,
  callback: Callback,
): WireAnswer | undefined {
  if (callback.env_id !== material.envId) {
    return platformError(-501000, 'invalid env_id');
  }
  return callback.container.service === material.service
    ? undefined
    : platformError(-501000, 'invalid container service');
}

/** Only the merchant that has given the platform its leave. */
export function findBadMerchant(context: WeChatCloudContext, subMchid: string): WireAnswer | undefined {
  return subMchid === context.material.subMchid
    ? undefined
    : refusal(context, 'NOAUTH', '商户未授权该服务商');
}

export function callbackUrl({ settings }: WeChatCloudContext, { container }: Callback): string {
  return settings.current().serviceUrl.replace(/\/+$/, '') + container.path;
}

/** `20261120201500` as the present interface writes it. */
function toRfc3339(time: string): string {
  return time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00');
}

/** Takes an order, or the same order again, and answers what `wx.requestPayment` is called with. */
export function placeOrder(context: WeChatCloudContext, body: unknown): WireAnswer {
  const order = check(orderSchema, body, 'body');
  const bad = findBadMerchant(context, order.sub_mch_id) ?? findBadCallback(context, order);
  if (bad !== undefined) {
    return bad;
  }
  const appid = context.openids.owner(order.openid)?.appid ?? context.openids.apps[0]?.appid ?? '';
  const { prepay_id: prepayId = '' } = prepay(context, 'jsapi', {
    ...{ appid, mchid: order.sub_mch_id, description: order.body, out_trade_no: order.out_trade_no },
    ...(order.time_expire === undefined ? {} : { time_expire: toRfc3339(order.time_expire) }),
    notify_url: callbackUrl(context, order),
    amount: { total: order.total_fee, currency: 'CNY' },
    payer: { openid: order.openid },
    scene_info: { payer_client_ip: order.spbill_create_ip },
  });
  return success(context, {
    ...{ sub_appid: appid, trade_type: 'JSAPI', prepay_id: prepayId },
    payment: signForPhone(context, appid, prepayId),
  });
}

function signForPhone({ clock, material }: WeChatCloudContext, appId: string, prepayId: string) {
  const signed = {
    appId,
    timeStamp: String(Math.floor(clock.signatureNow() / 1000)),
    nonceStr: randomText(16),
    package: `prepay_id=${prepayId}`,
    signType: 'MD5',
  };
  return { ...signed, paySign: signMd5(signed, material.key) };
}
