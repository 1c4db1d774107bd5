/**
 * The rails whose notifications are measured, each with its simulator in this process: it signs what its provider would
 * send, and the load program delivers it. While that runs the simulators have nothing to do.
 */
import { type Simulators, startSimulators } from '../../simulators/src/index.ts';
import type { PreparedRequest } from './load/request.ts';

/** Their addresses are told to them; nothing is sent there, because the load program delivers. */
const WEBHOOK_URL = 'http://127.0.0.1:9/payments/notify';

/** What a buyer leaves behind at the provider: by our number, or by the provider's own where that is what it goes by. */
export interface OpenAttempt {
  readonly paymentId: string;
  readonly reference: string | null;
}

export interface Rail {
  /** As in `POST /orders/:id/payments`. */
  readonly method: string;
  /** As in `/payments/notify/:provider`. */
  readonly provider: string;
  /** The one that is measured, of those that a payment brings about. */
  readonly eventType: string;
  /** The state of a payment when it was applied. */
  readonly applied: 'succeeded' | 'pending';
  /** What the merchant would have been given. */
  environment(simulators: Simulators): Readonly<Record<string, string>>;
  /** The buyer pays. */
  pay(simulators: Simulators, attempt: OpenAttempt): void;
}

/** What WeChat Pay gives to a merchant. */
export type WechatMerchant = ReturnType<Simulators['wechatPay']['merchant']>;

export function toWechatSettings(given: WechatMerchant): Readonly<Record<string, string>> {
  return {
    WX_APPID: JSON.stringify(given.apps),
    WX_PAY_MCHID: given.mchid,
    WX_PAY_MERCHANT_SERIAL_NO: given.merchantSerialNo,
    WX_PAY_PRIVATE_KEY: given.merchantPrivateKeyPem,
    WX_PAY_API_V3_KEY: given.apiV3Key,
    WX_PAY_PUBLIC_KEY_ID: given.publicKeyId,
    WX_PAY_PUBLIC_KEY: given.publicKeyPem,
    WX_PAY_BASE_URL: given.apiBaseUrl,
  };
}

const wechatPay: Rail = {
  method: 'wechat_native',
  provider: 'wechat_pay',
  eventType: 'TRANSACTION.SUCCESS',
  applied: 'succeeded',
  environment: ({ wechatPay: { merchant } }) => toWechatSettings(merchant()),
  pay: ({ wechatPay: { pay } }, { paymentId }) => void pay({ outTradeNo: paymentId }),
};

const alipay: Rail = {
  method: 'alipay_qr',
  provider: 'alipay',
  eventType: 'TRADE_SUCCESS',
  applied: 'succeeded',
  environment({ alipay: { merchant, changeSettings }, alipayUrl }) {
    changeSettings({ keyMode: 'key' });
    const given = merchant();
    return {
      ALI_PAY_APP_ID: given.appId,
      ALI_PAY_SELLER_ID: given.sellerId,
      ALI_PAY_PRIVATE_KEY: given.appPrivateKeyPem,
      ALI_PAY_PUBLIC_KEY: given.alipayPublicKeyPem,
      ALI_PAY_GATEWAY_URL: `${alipayUrl}/gateway.do`,
    };
  },
  pay: ({ alipay: { pay } }, { paymentId }) => void pay({ outTradeNo: paymentId }),
};

const stripe: Rail = {
  method: 'stripe',
  provider: 'stripe',
  eventType: 'charge.succeeded',
  applied: 'succeeded',
  environment({ stripe: { merchant, changeSettings }, stripeUrl }) {
    changeSettings({ webhookUrl: `${WEBHOOK_URL}/stripe` });
    const given = merchant();
    return {
      STRIPE_SECRET_KEY: given.secretKey,
      STRIPE_PUBLIC_KEY: given.publishableKey,
      STRIPE_ACCOUNT_ID: given.accountId,
      STRIPE_WEBHOOK_SECRET: given.webhookSecret,
      STRIPE_BASE_URL: stripeUrl,
    };
  },
  pay: ({ stripe: { pay } }, { reference }) => void pay({ reference: reference ?? '' }),
};

/** PayPal tells of the buyer's agreement; the capture that follows is our own call, and its answer tells of the money. */
const paypal: Rail = {
  method: 'paypal',
  provider: 'paypal',
  eventType: 'CHECKOUT.ORDER.APPROVED',
  applied: 'pending',
  environment({ paypal: { merchant, changeSettings }, paypalUrl }) {
    changeSettings({ webhookUrl: `${WEBHOOK_URL}/paypal` });
    const given = merchant();
    return {
      // PayPal holds no CNY for a merchant.
      SHOP_CURRENCY: 'USD',
      PAYPAL_CLIENT_ID: given.clientId,
      PAYPAL_CLIENT_SECRET: given.clientSecret,
      PAYPAL_MERCHANT_ID: given.merchantId,
      PAYPAL_WEBHOOK_ID: given.webhookId,
      PAYPAL_WEBHOOK_CA: given.webhookCaPem,
      PAYPAL_BASE_URL: paypalUrl,
    };
  },
  pay: ({ paypal: { approve } }, { reference }) => void approve({ orderId: reference ?? '' }),
};

/** By the name of their measurement. */
export const RAILS = {
  notify: wechatPay,
  'notify-alipay': alipay,
  'notify-stripe': stripe,
  'notify-paypal': paypal,
};

/** Starts the simulators; they send nothing by themselves. */
export function startRails(): Promise<Simulators> {
  return startSimulators({ delivery: 'manual' });
}

/** The buyer of `attempt` pays, and what their provider then sends is signed now. */
export function payAndSign(simulators: Simulators, rail: Rail, attempt: OpenAttempt): PreparedRequest {
  rail.pay(simulators, attempt);
  const subject = attempt.paymentId;
  const notification = simulators.notifications
    .list({ subject })
    .find(({ eventType }) => eventType === rail.eventType);
  if (notification === undefined) {
    throw new Error(`${rail.provider} has nothing to tell of ${subject}`);
  }
  const { headers, body } = simulators.notifications.compose(notification.id);
  return { method: 'POST', path: `/payments/notify/${rail.provider}`, headers, body };
}
