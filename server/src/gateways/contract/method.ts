/** How a customer can pay; the words of the API. */
export type PaymentMethod =
  | 'wechat_jsapi'
  | 'wechat_native'
  | 'wechat_h5'
  | 'wechat_app'
  | 'wechat_cloud'
  | 'alipay_qr'
  | 'alipay_page'
  | 'alipay_wap'
  | 'credit_card'
  | 'debit_card'
  | 'stripe'
  | 'paypal'
  | 'bank_transfer'
  | 'cash_on_delivery';

/** The kinds of order that a rail may sell (RULES 3). */
export type OrderKind = 'goods' | 'coins' | 'topup';

/**
 * Where the word that money has come is from: `online`, the provider; `by_hand`, a bank statement and two people;
 * `on_delivery`, whoever hands over the goods, so that the order is confirmed before.
 */
export type Settlement = 'online' | 'by_hand' | 'on_delivery';

export interface GatewayMethod {
  readonly method: PaymentMethod;
  readonly currencies: readonly string[];
  readonly kinds: readonly OrderKind[];
  /** Whether the payer must be known by an openid of one of the merchant's apps. */
  readonly needsOpenid: boolean;
  readonly settlement: Settlement;
  /** How long the payer has, where that is longer than the order's own expiry, which is then extended; `null` otherwise. */
  readonly windowMs: number | null;
  /** What it takes of a currency, in minor units, both ends included; any amount where nothing is said. */
  readonly amounts?: Readonly<Record<string, { readonly min?: number; readonly max?: number }>>;
}
