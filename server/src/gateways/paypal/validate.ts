import type { LocalizedText } from '../../kernel/errors.ts';
import type { PaymentRequest } from '../gateway.ts';
import { PAYPAL_CURRENCIES, toPaypalMoney } from './money.ts';

const texts = {
  method: { en: 'PayPal does not offer this way to pay.', zh: 'PayPal 不支持该支付方式。' },
  id: { en: 'The number of the payment does not fit PayPal.', zh: '支付单号不符合 PayPal 的要求。' },
  currency: { en: 'PayPal does not take this currency.', zh: 'PayPal 不支持该币种。' },
  amount: {
    en: 'PayPal can not take this amount: it must be above zero, and whole where the currency has no decimals there.',
    zh: 'PayPal 无法收取该金额：金额须大于零，且对不支持小数的币种须为整数。',
  },
  returnUrl: {
    en: 'PayPal needs a web address to lead the payer back to.',
    zh: 'PayPal 需要一个支付完成后返回的网页地址。',
  },
} as const satisfies Record<string, LocalizedText>;

/** What is wrong with the request before anything is sent; `undefined` when nothing is. */
export function validate(request: PaymentRequest): LocalizedText | undefined {
  if (request.method !== 'paypal') {
    return texts.method;
  }
  if (!/^[0-9A-Za-z_-]{6,32}$/.test(request.id)) {
    return texts.id;
  }
  if (!PAYPAL_CURRENCIES.includes(request.amount.currency)) {
    return texts.currency;
  }
  if (
    !Number.isSafeInteger(request.amount.amount) ||
    request.amount.amount < 1 ||
    !toPaypalMoney(request.amount)
  ) {
    return texts.amount;
  }
  return /^https?:\/\//.test(request.returnUrl) ? undefined : texts.returnUrl;
}
