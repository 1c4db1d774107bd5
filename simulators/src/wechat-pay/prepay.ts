import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { z } from 'zod';
import { randomHex, randomText } from '../random.ts';
import { toDigits } from './beijing-time.ts';
import type { TradingContext } from './context.ts';
import { paramError, WeChatPayError } from './errors.ts';
import { PREPAY_SCHEMAS, type prepayBase } from './prepay-schema.ts';
import { check } from './rules.ts';
import type { Product, Trade } from './trades.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PREPAY_LIFE_MS = 2 * HOUR_MS;
const H5_LIFE_MS = 5 * MINUTE_MS;
const LONGEST_EXPIRY_MS: Record<Product, number> = {
  native: 7 * DAY_MS,
  jsapi: 15 * DAY_MS,
  h5: 15 * DAY_MS,
  app: 15 * DAY_MS,
};

type PrepayInput = z.infer<typeof prepayBase> & { payer?: { openid: string } };

/** Takes an order, or the same order again, and answers what the buyer's side needs to pay it. */
export function prepay(context: TradingContext, product: Product, body: unknown): Record<string, string> {
  const input: PrepayInput = check(PREPAY_SCHEMAS[product], body, 'body');
  checkApp(context, input);
  checkNotifyUrl(input.notify_url, context.strictNotifyUrl());
  const fingerprint = fingerprintOf(product, input);
  return context.store.transaction(() => {
    const known = context.trades.find(input.out_trade_no);
    if (known === undefined) {
      insertTrade(context, product, input, fingerprint);
    } else {
      refuseChanged(known, fingerprint);
    }
    return issueToken(context, product, input.out_trade_no);
  });
}

function checkApp(context: TradingContext, input: PrepayInput): void {
  if (!context.openids.apps.some((app) => app.appid === input.appid)) {
    throw new WeChatPayError(400, 'APPID_MCHID_NOT_MATCH', '商户号mch_id与appid不匹配');
  }
  if (input.payer === undefined) {
    return;
  }
  const owner = context.openids.owner(input.payer.openid);
  if (owner === undefined) {
    const problem = { field: '/payer/openid', value: input.payer.openid, issue: 'unknown openid' };
    throw paramError('无效的openid', { ...problem, location: 'body' });
  }
  if (owner.appid !== input.appid) {
    throw new WeChatPayError(500, 'OPENID_MISMATCH', 'openid和appid不匹配');
  }
}

/** What the real platform refuses always, and the simulator only in strict mode. */
export function checkNotifyUrl(address: string, isStrict: boolean): void {
  const refuse = (issue: string) =>
    paramError(`输入源“/body/notify_url”映射到值字段“通知地址”${issue}`, {
      field: '/notify_url',
      value: address,
      issue,
      location: 'body',
    });
  if (!URL.canParse(address)) {
    throw refuse('不是合法的URL');
  }
  const url = new URL(address);
  if (!isStrict) {
    return;
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:') {
    throw refuse('必须为https协议');
  }
  if (url.search !== '' || url.hash !== '') {
    throw refuse('不能携带参数');
  }
  if (isIP(host) !== 0 || host === 'localhost' || host.endsWith('.local') || !host.includes('.')) {
    throw refuse('必须为外网可访问的域名');
  }
}

function refuseChanged(known: Trade, fingerprint: string): void {
  if (known.tradeState === 'CLOSED') {
    throw new WeChatPayError(400, 'ORDER_CLOSED', '该订单已关闭');
  }
  if (known.tradeState !== 'NOTPAY') {
    throw new WeChatPayError(400, 'ORDERPAID', '该订单已支付');
  }
  if (known.fingerprint !== fingerprint) {
    throw new WeChatPayError(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  }
}

function insertTrade(
  context: TradingContext,
  product: Product,
  input: PrepayInput,
  fingerprint: string,
): void {
  const now = context.clock.now();
  context.trades.insert({
    outTradeNo: input.out_trade_no,
    product,
    appid: input.appid,
    mchid: input.mchid,
    description: input.description,
    attach: input.attach ?? null,
    deviceId: input.scene_info?.device_id ?? null,
    total: input.amount.total,
    currency: input.amount.currency,
    boundOpenid: input.payer?.openid ?? null,
    notifyUrl: input.notify_url,
    fingerprint,
    createdAt: now,
    expiresAt: expiryOf(product, input.time_expire, now),
  });
}

/** A time less than a minute ahead is raised to a minute; one too far ahead is refused. */
function expiryOf(product: Product, timeExpire: string | undefined, now: number): number | null {
  if (timeExpire === undefined) {
    return null;
  }
  const asked = Date.parse(timeExpire);
  if (asked > now + LONGEST_EXPIRY_MS[product]) {
    throw paramError('输入源“/body/time_expire”映射到值字段“交易结束时间”超过允许的最长时间', {
      field: '/time_expire',
      value: timeExpire,
      issue: 'too far ahead',
      location: 'body',
    });
  }
  return Math.max(asked, now + MINUTE_MS);
}

/** Only the first order sets time_expire, so it is no part of what has to be the same. */
function fingerprintOf(product: Product, input: PrepayInput): string {
  const { time_expire: _expiry, ...rest } = input;
  return createHash('sha256').update(product).update(canonical(rest)).digest('hex');
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value) ?? 'null';
  }
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function issueToken(context: TradingContext, product: Product, outTradeNo: string): Record<string, string> {
  const now = context.clock.now();
  if (product === 'native') {
    const codeUrl = `weixin://wxpay/bizpayurl?pr=${randomText(9)}`;
    context.trades.addToken(codeUrl, outTradeNo, now + PREPAY_LIFE_MS);
    return { code_url: codeUrl };
  }
  const prepayId = `wx${toDigits(now)}${randomHex(20)}`;
  context.trades.addToken(prepayId, outTradeNo, now + (product === 'h5' ? H5_LIFE_MS : PREPAY_LIFE_MS));
  if (product !== 'h5') {
    return { prepay_id: prepayId };
  }
  return {
    h5_url: `${context.addresses().control}/phone?prepay_id=${prepayId}&package=${packageNumber(prepayId)}`,
  };
}

/** WeChat's own pages carry a number in `package`; its only use here is that the address has the same shape. */
function packageNumber(prepayId: string): number {
  return createHash('sha256').update(prepayId).digest().readUInt32BE(0);
}
