import { isIP } from 'node:net';
import type { z } from 'zod';
import { randomText } from '../random.ts';
import { check, orderSchema } from './content.ts';
import { type AlipayContext, materialOf } from './context.ts';
import { invalidArgument, refused } from './errors.ts';
import { type Product, type Trade, yuan } from './trades.ts';

const MINUTE_MS = 60_000;
const UNIT_MS: Record<string, number> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS };
const DEFAULT_LIFE_MS = 15 * 24 * 60 * MINUTE_MS;
/** A code that says nothing else lives two hours. */
const DEFAULT_CODE_LIFE_MS = 120 * MINUTE_MS;

type Order = z.infer<typeof orderSchema>;

export interface OrderAddresses {
  notifyUrl: string | undefined;
  returnUrl: string | undefined;
}

/** Takes an order, or the same one again. There is no trade yet: that begins when somebody scans or opens it. */
export function placeOrder(
  context: AlipayContext,
  product: Product,
  content: unknown,
  addresses: OrderAddresses,
): Trade {
  const order = check(orderSchema, content);
  checkNotifyUrl(addresses.notifyUrl, context.strictNotifyUrl());
  return context.store.transaction(() => {
    const known = context.trades.find(order.out_trade_no);
    if (known === undefined) {
      insert(context, product, order, addresses);
    } else if (product === 'qr') {
      refuseUsed(known, order);
    }
    const placed = context.trades.find(order.out_trade_no);
    if (placed === undefined) {
      throw new Error(`order ${order.out_trade_no} vanished while it was placed`);
    }
    return placed;
  });
}

/** What the real platform refuses always, and the simulator only in strict mode. */
function checkNotifyUrl(address: string | undefined, isStrict: boolean): void {
  if (address === undefined) {
    return;
  }
  if (!URL.canParse(address)) {
    throw invalidArgument('isv.invalid-notify-url', 'notify_url不是合法的URL');
  }
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
  if (isStrict && (isIP(host) !== 0 || host === 'localhost' || !host.includes('.'))) {
    throw invalidArgument('isv.invalid-notify-url', 'notify_url必须为外网可访问的域名');
  }
}

function refuseUsed(known: Trade, order: Order): void {
  switch (known.tradeState) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      throw refused('TRADE_HAS_SUCCESS', '交易已被支付');
    case 'TRADE_CLOSED':
    case 'CANCELLED':
      throw refused('TRADE_HAS_CLOSE', '交易已经关闭');
    default:
      if (yuan(known.total) !== yuan(order.total_amount) || known.description !== order.subject) {
        throw refused('CONTEXT_INCONSISTENT', '交易信息被篡改');
      }
  }
}

function insert(context: AlipayContext, product: Product, order: Order, addresses: OrderAddresses): void {
  const now = context.clock.now();
  const { appId, sellerId } = materialOf(context);
  context.trades.insert({
    outTradeNo: order.out_trade_no,
    product,
    appId,
    sellerId,
    description: order.subject,
    total: order.total_amount,
    notifyUrl: addresses.notifyUrl ?? null,
    returnUrl: addresses.returnUrl ?? null,
    passbackParams: order.passback_params ?? null,
    token: product === 'qr' ? `https://qr.alipay.com/bax${randomText(20).toLowerCase()}` : randomText(24),
    createdAt: now,
    expiresAt: expiryOf(product, order, now),
  });
}

/** The earliest of what was said; one that is less than a minute ahead is raised to a minute. */
function expiryOf(product: Product, order: Order, now: number): number {
  const usual = now + (product === 'qr' ? DEFAULT_CODE_LIFE_MS : DEFAULT_LIFE_MS);
  const given = [
    order.time_expire === undefined ? undefined : Date.parse(`${order.time_expire.replace(' ', 'T')}+08:00`),
    endOf(order.timeout_express, now),
    endOf(order.qr_code_timeout_express, now),
  ].filter((end) => end !== undefined);
  const earliest = given.length === 0 ? usual : Math.min(...given);
  // A page is opened long after it was signed, so that its own expiry may be over already.
  return product === 'qr' ? Math.max(earliest, now + MINUTE_MS) : earliest;
}

function endOf(duration: string | undefined, now: number): number | undefined {
  const unit = UNIT_MS[duration?.slice(-1) ?? ''];
  return duration === undefined || unit === undefined
    ? undefined
    : now + Number(duration.slice(0, -1)) * unit;
}
