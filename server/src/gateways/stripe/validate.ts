import type { LocalizedText } from '../../kernel/errors.ts';
import type { PaymentRequest } from '../gateway.ts';
import { isStripeMethod, MAX_AMOUNT } from './capabilities.ts';
import type { CheckedSettings } from './config.ts';

const texts = {
  method: { en: 'Stripe does not offer this way to pay.', zh: 'Stripe 不支持该支付方式。' },
  id: { en: 'The number of the payment does not fit Stripe.', zh: '支付单号不符合 Stripe 的要求。' },
  currency: {
    en: 'Payments in this currency are not taken through Stripe.',
    zh: '不支持通过 Stripe 以该币种付款。',
  },
  amount: { en: 'The amount is too small or too large for Stripe.', zh: '支付金额超出 Stripe 允许的范围。' },
} as const satisfies Record<string, LocalizedText>;

export function createValidate({ currencies }: Pick<CheckedSettings, 'currencies'>) {
  return ({ method, id, amount }: PaymentRequest): LocalizedText | undefined => {
    if (!isStripeMethod(method)) {
      return texts.method;
    }
    if (!/^[0-9A-Za-z_-]{6,32}$/.test(id)) {
      return texts.id;
    }
    if (!currencies.includes(amount.currency)) {
      return texts.currency;
    }
    const isAmount = Number.isSafeInteger(amount.amount) && amount.amount >= 1 && amount.amount <= MAX_AMOUNT;
    return isAmount ? undefined : texts.amount;
  };
}
