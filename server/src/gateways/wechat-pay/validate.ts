import type { LocalizedText } from '../../kernel/errors.ts';
import type { PaymentRequest } from '../gateway.ts';
import type { CheckedSettings } from './config.ts';
import { methodOf } from './methods.ts';

const MAX_NOTIFY_URL_LENGTH = 255;

const texts = {
  method: { en: 'WeChat Pay does not offer this way to pay.', zh: '微信支付不支持该支付方式。' },
  id: { en: 'The number of the payment does not fit WeChat Pay.', zh: '支付单号不符合微信支付的要求。' },
  currency: { en: 'WeChat Pay takes only CNY.', zh: '微信支付仅支持人民币。' },
  amount: { en: 'The amount must be at least 0.01 CNY.', zh: '支付金额不能低于 0.01 元。' },
  app: { en: 'This app is not bound to the merchant.', zh: '该应用未绑定到商户号。' },
  openid: { en: 'This way to pay needs a login through WeChat.', zh: '该支付方式需要先通过微信登录。' },
  clientIp: { en: "This way to pay needs the payer's address.", zh: '该支付方式需要付款人的 IP 地址。' },
  notifyUrl: {
    en: 'The notification address must be at most 255 characters long and have no query.',
    zh: '通知地址不能超过 255 个字符，且不能带参数。',
  },
} as const satisfies Record<string, LocalizedText>;

export function createValidate({ apps }: Pick<CheckedSettings, 'apps'>) {
  return (request: PaymentRequest): LocalizedText | undefined => {
    const method = methodOf(request.method);
    if (!method) {
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
    if (!apps.some(({ appid, kind }) => appid === request.appId && method.appKinds.includes(kind))) {
      return texts.app;
    }
    if (method.needsOpenid && !request.openid) {
      return texts.openid;
    }
    if (method.needsClientIp && !request.clientIp) {
      return texts.clientIp;
    }
    return request.notifyUrl.length > MAX_NOTIFY_URL_LENGTH || request.notifyUrl.includes('?')
      ? texts.notifyUrl
      : undefined;
  };
}
