import type { LocalizedText } from '../../kernel/errors.ts';
import type { PaymentRequest } from '../gateway.ts';
import { METHOD } from './capabilities.ts';
import type { CheckedSettings } from './config.ts';

const texts = {
  method: { en: 'WeChat Pay does not offer this way to pay.', zh: '微信支付不支持该支付方式。' },
  id: { en: 'The number of the payment does not fit WeChat Pay.', zh: '支付单号不符合微信支付的要求。' },
  currency: { en: 'WeChat Pay takes only CNY.', zh: '微信支付仅支持人民币。' },
  amount: { en: 'The amount must be at least 0.01 CNY.', zh: '支付金额不能低于 0.01 元。' },
  app: { en: 'This app may not call the cloud environment.', zh: '该应用未关联到云托管环境。' },
  openid: { en: 'This way to pay needs a login through WeChat.', zh: '该支付方式需要先通过微信登录。' },
} as const satisfies Record<string, LocalizedText>;

export function createValidate({ apps }: Pick<CheckedSettings, 'apps'>) {
  return (request: PaymentRequest): LocalizedText | undefined => {
    if (request.method !== METHOD) {
      return texts.method;
    }
    if (!/^[0-9A-Za-z_-]{6,32}$/.test(request.id)) {
      return texts.id;
    }
    if (request.amount.currency !== 'CNY') {
      return texts.currency;
    }
    if (!Number.isSafeInteger(request.amount.amount) || request.amount.amount < 1) {
      return texts.amount;
    }
    if (!apps.some(({ appid }) => appid === request.appId)) {
      return texts.app;
    }
    return request.openid ? undefined : texts.openid;
  };
}
