/** What differs between the ways to pay; another one is another entry here. */
import type { PaymentMethod, PaymentRequest } from '../gateway.ts';

export interface AlipayMethod {
  readonly method: PaymentMethod;
  /** Alipay's name of the call. */
  readonly call: string;
  /** `code`: Alipay is called and answers what to scan. `page`: we sign an address, and the payer's browser calls Alipay. */
  readonly kind: 'code' | 'page';
  /** What the request carries beyond what all methods do. */
  extraFields(request: PaymentRequest): Readonly<Record<string, unknown>>;
}

export const ALIPAY_METHODS = {
  alipay_qr: {
    method: 'alipay_qr',
    call: 'alipay.trade.precreate',
    kind: 'code',
    extraFields: () => ({ product_code: 'FACE_TO_FACE_PAYMENT' }),
  },
  alipay_page: {
    method: 'alipay_page',
    call: 'alipay.trade.page.pay',
    kind: 'page',
    extraFields: () => ({ product_code: 'FAST_INSTANT_TRADE_PAY' }),
  },
  alipay_wap: {
    method: 'alipay_wap',
    call: 'alipay.trade.wap.pay',
    kind: 'page',
    extraFields: ({ returnUrl }) => ({ product_code: 'QUICK_WAP_WAY', quit_url: returnUrl }),
  },
} as const satisfies Partial<Record<PaymentMethod, AlipayMethod>>;

export function methodOf(method: PaymentMethod): AlipayMethod | undefined {
  return Object.hasOwn(ALIPAY_METHODS, method)
    ? ALIPAY_METHODS[method as keyof typeof ALIPAY_METHODS]
    : undefined;
}
