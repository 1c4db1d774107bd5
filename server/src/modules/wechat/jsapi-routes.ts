/** `GET /wechat/jsapiPay`, kept for its callers, and the same as a proper POST. */
import { z } from 'zod';
import { notFound, providerUnavailable } from '../../kernel/errors.ts';
import { inputMessage, type RouteContext, type Router, requireCaller } from '../../kernel/http/index.ts';
import { productNotFound, variantNotFound, variantRequired } from '../catalog/index.ts';
import { insufficientStock } from '../inventory/index.ts';
import {
  orderAlreadyPaid,
  orderClosed,
  orderExpiring,
  orderPaidOnDelivery,
  orderTooLarge,
  priceChanged,
  shippingAddressRequired,
  tooManyUnpaidOrders,
  variantUnavailable,
} from '../orders/index.ts';
import {
  paymentClosed,
  paymentDeclined,
  paymentMethodUnavailable,
  paymentNotValid,
  paymentUnderReview,
  tooManyPaymentAttempts,
} from '../payments/index.ts';
import { TAG, type WechatDeps } from './deps.ts';
import { type JsapiPurchase, jsapiParameters, payInWechat } from './jsapi-pay.ts';

const MAX_QUANTITY = 9_999;
const MAX_HEADER = 500;

const texts = {
  userId: z.string().min(1).max(64),
  openid: z.string().min(1).max(128),
  productId: z.string().min(1).max(190),
  /** Taken for its callers' sake: the payer reads the name of the product and the number of the order. */
  description: z.string().trim().max(500).optional(),
  remark: z
    .string()
    .trim()
    .max(2_000)
    .transform((remark) => remark || undefined)
    .optional(),
};

const quantity = z.int().min(1).max(MAX_QUANTITY);
const fen = z.int().min(1);
const wholeNumber = z
  .string()
  .regex(/^\d{1,16}$/, inputMessage('A whole number is needed.', '须为整数。'))
  .transform(Number);

const payQuery = z.strictObject({
  ...texts,
  productNum: wholeNumber.pipe(quantity),
  totalPrice: wholeNumber.pipe(fen),
});

const payBody = z.strictObject({ ...texts, productNum: quantity, totalPrice: fen });

const payView = jsapiParameters.extend({ orderId: z.string(), orderNumber: z.string() });

const shared = {
  url: '/wechat/jsapiPay',
  description:
    '`userId` and `openid` are the caller’s own; the app that knows this openid is the one that is paid in. `productId` is a variant, or a product with a single one. `totalPrice` is in fen and compared with the price of the catalogue. Goods are sent to the default address. The same call while its order waits for its money gives the same order with fresh parameters and the header `Duplicate: true`.',
  tag: TAG,
  access: 'user',
  data: payView,
  errors: [
    notFound,
    productNotFound,
    variantNotFound,
    variantRequired,
    variantUnavailable,
    insufficientStock,
    priceChanged,
    orderTooLarge,
    shippingAddressRequired,
    tooManyUnpaidOrders,
    orderClosed,
    orderExpiring,
    orderAlreadyPaid,
    orderPaidOnDelivery,
    paymentMethodUnavailable,
    paymentNotValid,
    paymentUnderReview,
    paymentDeclined,
    paymentClosed,
    tooManyPaymentAttempts,
    providerUnavailable,
  ],
  rateLimit: { points: 60, perSeconds: 60 },
} as const;

/** Registers both doors. */
export function registerJsapiRoutes(router: Router, deps: WechatDeps): void {
  router.route(
    {
      ...shared,
      method: 'GET',
      summary: 'Order and pay in WeChat in one call, by query',
      query: payQuery,
    },
    (context) => pay(deps, context, context.query),
  );
  router.route(
    {
      ...shared,
      method: 'POST',
      summary: 'Order and pay in WeChat in one call',
      body: payBody,
      isIdempotent: true,
    },
    (context) => pay(deps, context, context.body),
  );
}

async function pay(
  deps: WechatDeps,
  context: RouteContext<unknown, unknown, unknown>,
  purchase: JsapiPurchase,
): Promise<z.infer<typeof payView>> {
  const { request, reply, claimId, ip } = context;
  const { parameters, orderId, orderNumber, isRepeat } = await payInWechat(deps, {
    callerId: requireCaller(context).userId,
    purchase,
    claimId,
    ip,
    ipCountry: context.country,
    userAgent: request.headers['user-agent']?.slice(0, MAX_HEADER) ?? null,
    referrer: request.headers.referer?.slice(0, MAX_HEADER) ?? null,
  });
  reply.header('Cache-Control', 'no-store');
  if (isRepeat) {
    reply.header('Duplicate', 'true');
  }
  return { ...parameters, orderId, orderNumber };
}
