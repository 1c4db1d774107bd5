/** The providers whose faults are played, and what a payer does at each. */
import type { Simulators } from '../../../simulators/src/index.ts';
import { type TestAppOptions, toCloudSettings } from '../harness/app.ts';
import { type ProviderBooks, paypalBooks, stripeBooks } from '../harness/provider-money.ts';
import { toPaypalEnvironment } from '../harness/simulated-paypal.ts';

export interface Opened {
  readonly paymentId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Rail {
  /** As the shop calls it. */
  readonly name: string;
  /** As the simulators call it. */
  readonly provider: string;
  readonly method: string;
  /** Operations that a purchase and its refund can not come across: bills, disputes, holds, other ways to pay. */
  readonly others: readonly string[];
  readonly options: TestAppOptions;
  /** Before each story. */
  prepare?(simulators: Simulators): void;
  /** Whatever comes of it: under a fault a payer may be refused. */
  pay(simulators: Simulators, opened: Opened): void;
  books(simulators: Simulators): ProviderBooks;
}

const MANY = 1_000_000;

const paypalSettings = (simulators: Simulators): Record<string, string> => ({
  SHOP_CURRENCY: 'USD',
  ...toPaypalEnvironment(simulators),
});

export const RAILS: readonly Rail[] = [
  {
    ...{ name: 'wechat_pay', provider: 'wechat-pay', method: 'wechat_native', options: {} },
    others: [
      'query_by_id',
      'abnormal_refund',
      'certificates',
      'tradebill',
      'fundflowbill',
      'download_bill',
      'echo',
    ],
    pay: ({ wechatPay }, { paymentId }) => void wechatPay.pay({ outTradeNo: paymentId }),
    books: ({ wechatPay }) => ({
      trades: wechatPay.listTrades(MANY),
      refunds: wechatPay.listRefunds(undefined, MANY),
    }),
  },
  {
    ...{ name: 'wechat_cloud', provider: 'wechat-cloud', method: 'wechat_cloud' },
    options: { environmentOf: toCloudSettings },
    others: ['bill'],
    // Where the query is silent, the bill of the next morning tells: that story has a test of its own.
    prepare: ({ wechatCloud }) => void wechatCloud.changeSettings({ refundLists: 'filled' }),
    pay: ({ wechatCloud }, { paymentId }) => void wechatCloud.pay({ outTradeNo: paymentId }),
    books: ({ wechatCloud }) => ({
      trades: wechatCloud.listTrades(MANY),
      refunds: wechatCloud.listRefunds(undefined, MANY),
    }),
  },
  {
    ...{ name: 'alipay', provider: 'alipay', method: 'alipay_qr', options: {} },
    others: ['bill', 'page', 'download_bill'],
    pay: ({ alipay }, { paymentId }) => void alipay.pay({ outTradeNo: paymentId }),
    books: ({ alipay }) => ({
      trades: alipay.listTrades(MANY),
      refunds: alipay.listRefunds(undefined, MANY),
    }),
  },
  {
    ...{ name: 'stripe', provider: 'stripe', method: 'stripe', options: { withStripe: true } },
    others: [
      ...['create_intent', 'get_intent', 'list_intents', 'confirm_intent', 'capture_intent', 'cancel_intent'],
      ...['get_dispute', 'list_disputes', 'list_balance_transactions', 'list_events'],
    ],
    pay: ({ stripe }, { paymentId }) => void stripe.pay({ paymentId }),
    books: ({ stripe }) => stripeBooks(stripe),
  },
  {
    ...{ name: 'stripe_form', provider: 'stripe', method: 'credit_card' },
    options: { withStripe: true, environment: { STRIPE_CARD_FORM: 'intent' } },
    others: [
      ...[
        'create_session',
        'get_session',
        'list_sessions',
        'expire_session',
        'confirm_intent',
        'capture_intent',
      ],
      ...['get_dispute', 'list_disputes', 'list_balance_transactions', 'list_events'],
    ],
    pay: ({ stripe }, { paymentId }) => void stripe.pay({ paymentId }),
    books: ({ stripe }) => stripeBooks(stripe),
  },
  {
    ...{ name: 'paypal', provider: 'paypal', method: 'paypal', options: { environmentOf: paypalSettings } },
    others: [
      ...[
        'authorize_order',
        'get_authorization',
        'capture_authorization',
        'void_authorization',
        'get_dispute',
      ],
      ...['report', 'verify_webhook'],
    ],
    prepare: ({ paypal }) => void paypal.revokeTokens(),
    pay: ({ paypal }, { parameters }) => void paypal.approve({ orderId: parameters.orderId ?? '' }),
    books: ({ paypal }) => paypalBooks(paypal),
  },
];
