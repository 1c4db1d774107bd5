/**
 * An order and its payment in one call.
 *
 * Invariant: however often the call is made, while its order waits for its money there is one order and one attempt. The
 * order is found by the fingerprint of customer, goods and address under a unique key, or by the Idempotency-Key's claim;
 * the attempt is the order's current one, asked again under its own number. The price is the catalogue's: what the caller
 * sends is only compared.
 *
 * Crash story: between the two steps the order stands unpaid with its stock and its closing job. The same call finds it and
 * opens the attempt; nobody calling, it closes by itself. A crash within a step is told in place-order.ts and
 * start-payment.ts.
 */
import { z } from 'zod';
import type { KnownWechatApp } from '../../kernel/config/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { resolveVariant } from '../catalog/index.ts';
import { openidsOf } from '../identity/index.ts';
import { paymentUnderReview } from '../payments/index.ts';
import { WECHAT, type WechatDeps } from './deps.ts';

const SOURCES = { mini_program: 'mini_program', official_account: 'mobile', mobile_app: 'mobile' } as const;

export interface JsapiPurchase {
  readonly userId: string;
  readonly openid: string;
  /** A variant, or a product with a single one. */
  readonly productId: string;
  readonly productNum: number;
  /** What the caller believes it costs, in fen. */
  readonly totalPrice: number;
  readonly remark?: string | undefined;
}

export interface JsapiRequest {
  readonly callerId: string;
  readonly purchase: JsapiPurchase;
  readonly claimId: string | null;
  readonly ip: string;
  /** Where the caller is, as a trusted proxy says; two letters. */
  readonly ipCountry: string | null;
  readonly userAgent: string | null;
  readonly referrer: string | null;
}

/** What `wx.requestPayment` and `WeixinJSBridge` take, with the number of the prepay transaction. */
export const jsapiParameters = z.object({
  prepay_id: z.string(),
  package: z.string(),
  timeStamp: z.string(),
  nonceStr: z.string(),
  signType: z.string(),
  paySign: z.string(),
  appId: z.string(),
});

export interface JsapiStarted {
  readonly parameters: z.infer<typeof jsapiParameters>;
  readonly orderId: string;
  readonly orderNumber: string;
  /** Whether an earlier call had placed the order. */
  readonly isRepeat: boolean;
}

/**
 * Places the order, or finds the one that waits for its money, and gives what the payer's device needs. Throws `not_found`
 * (404) for a user or openid that is not the caller's, what `resolveVariant` throws, and what placing and paying an order
 * throw, `payment_under_review` (409) among it.
 */
export async function payInWechat(deps: WechatDeps, request: JsapiRequest): Promise<JsapiStarted> {
  const { db, orders, payMethod: method } = deps;
  const { callerId, purchase, claimId, ip, ipCountry, userAgent, referrer } = request;
  const { appid, kind } = await findPayerApp(deps, callerId, purchase);
  const variantId = await resolveVariant(db, purchase.productId);
  const { order, repeatOf } = await orders.placeOrder({
    customerId: callerId,
    items: [{ variantId, quantity: purchase.productNum }],
    customerNote: purchase.remark,
    expectedTotal: purchase.totalPrice,
    paidBy: method,
    metadata: { source: SOURCES[kind], userAgent, ipAddress: ip, referrer },
    claimId,
    repeats: 'while_payable',
  });
  const started = await orders.payOrder({
    orderId: order.id,
    customerId: callerId,
    method,
    appId: appid,
    ip,
    ipCountry,
    claimId,
  });
  if (started.status === 'requires_review') {
    // Its callers know no such answer: the same call goes on when a person has approved.
    throw new AppError(paymentUnderReview, { details: { orderId: order.id, paymentId: started.paymentId } });
  }
  return {
    parameters: jsapiParameters.parse(started.parameters),
    orderId: order.id,
    orderNumber: order.order_number,
    isRepeat: repeatOf !== null,
  };
}

/** The app that knows the payer by this openid, which must be the caller's: others' accounts do not exist to them. */
async function findPayerApp(
  { db, config }: WechatDeps,
  callerId: string,
  { userId, openid }: JsapiPurchase,
): Promise<KnownWechatApp> {
  if (userId !== callerId) {
    throw new AppError(notFound, { details: { userId } });
  }
  const accounts = await openidsOf(db, callerId);
  const account = accounts.find((own) => own.provider === WECHAT && own.openid === openid);
  const app = config.knownApps.find(({ appid }) => appid === account?.appid);
  if (app === undefined) {
    throw new AppError(notFound, { details: { openid } });
  }
  return app;
}
