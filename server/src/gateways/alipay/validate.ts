import type { LocalizedText } from '../../kernel/errors.ts';
import type { PaymentRequest } from '../gateway.ts';
import type { CheckedSettings } from './config.ts';
import { methodOf } from './methods.ts';

const MAX_URL_LENGTH = 256;
/** A hundred million yuan, in fen. */
const MAX_AMOUNT = 10_000_000_000;

const texts = {
  method: { en: 'Alipay does not offer this way to pay.', zh: '支付宝不支持该支付方式。' },
  id: { en: 'The number of the payment does not fit Alipay.', zh: '支付单号不符合支付宝的要求。' },
  currency: { en: 'Alipay takes only CNY.', zh: '支付宝仅支持人民币。' },
  amount: {
    en: 'The amount must be from 0.01 to 100,000,000.00 CNY.',
    zh: '支付金额须在 0.01 元至 100,000,000.00 元之间。',
  },
  app: { en: "This is not the merchant's app.", zh: '该应用不属于此商户。' },
  captureMode: { en: 'Alipay can not hold money here.', zh: '支付宝在此不支持预授权。' },
  url: {
    en: 'The notification and return addresses must be at most 256 characters long.',
    zh: '通知地址和返回地址不能超过 256 个字符。',
  },
} as const satisfies Record<string, LocalizedText>;

export function createValidate({ appId }: Pick<CheckedSettings, 'appId'>) {
  return (request: PaymentRequest): LocalizedText | undefined => {
    if (!methodOf(request.method)) {
      return texts.method;
    }
    if (!/^[0-9A-Za-z_-]{1,64}$/.test(request.id)) {
      return texts.id;
    }
    const { amount, currency } = request.amount;
    if (currency !== 'CNY') {
      return texts.currency;
    }
    if (!Number.isSafeInteger(amount) || amount < 1 || amount > MAX_AMOUNT) {
      return texts.amount;
    }
    if (request.appId !== appId) {
      return texts.app;
    }
    if (request.captureMode !== 'automatic') {
      return texts.captureMode;
    }
    return [request.notifyUrl, request.returnUrl].some((url) => url.length > MAX_URL_LENGTH)
      ? texts.url
      : undefined;
  };
}
