/** What differs between the ways to pay; another one is another entry here. */
import { z } from 'zod';
import type { ClientParameters, PaymentMethod, PaymentRequest } from '../gateway.ts';
import type { WechatPayAppKind } from './config.ts';
import { appMessage, jsapiMessage, type Signer } from './sign.ts';

export interface WechatPayMethod {
  readonly method: PaymentMethod;
  readonly path: string;
  readonly needsOpenid: boolean;
  /** Whether the payer's address must be known. */
  readonly needsClientIp: boolean;
  /** The kinds of app that may open it, the preferred one first. */
  readonly appKinds: readonly WechatPayAppKind[];
  /** What the prepay request carries beyond what all methods do. */
  extraFields(request: PaymentRequest): Readonly<Record<string, unknown>>;
  /** Fresh parameters for the payer's device from the answer; `undefined` when that is not what it should be. */
  toParameters(answer: unknown, opening: Opening): Promise<ClientParameters> | undefined;
}

interface Opening {
  readonly request: PaymentRequest;
  readonly appId: string;
  readonly mchid: string;
  readonly signer: Signer;
}

const prepaySchema = z.object({ prepay_id: z.string().min(1) });
const codeSchema = z.object({ code_url: z.string().min(1) });
const h5Schema = z.object({ h5_url: z.string().regex(/^https?:\/\//) });

async function jsapiParameters(prepayId: string, { appId, signer }: Opening): Promise<ClientParameters> {
  const stamp = signer.stamp();
  return {
    appId,
    timeStamp: stamp.timestamp,
    nonceStr: stamp.nonce,
    package: `prepay_id=${prepayId}`,
    signType: 'RSA',
    paySign: await signer.sign(jsapiMessage(appId, prepayId, stamp)),
    prepay_id: prepayId,
  };
}

async function appParameters(prepayId: string, { appId, mchid, signer }: Opening): Promise<ClientParameters> {
  const stamp = signer.stamp();
  return {
    appid: appId,
    partnerid: mchid,
    prepayid: prepayId,
    package: 'Sign=WXPay',
    noncestr: stamp.nonce,
    timestamp: stamp.timestamp,
    sign: await signer.sign(appMessage(appId, prepayId, stamp)),
  };
}

export const WECHAT_PAY_METHODS = {
  wechat_jsapi: {
    method: 'wechat_jsapi',
    path: '/v3/pay/transactions/jsapi',
    needsOpenid: true,
    needsClientIp: false,
    appKinds: ['mini_program', 'official_account'],
    extraFields: ({ openid }) => ({ payer: { openid } }),
    toParameters(answer, opening) {
      const { data } = prepaySchema.safeParse(answer);
      return data && jsapiParameters(data.prepay_id, opening);
    },
  },
  wechat_native: {
    method: 'wechat_native',
    path: '/v3/pay/transactions/native',
    needsOpenid: false,
    needsClientIp: false,
    appKinds: ['official_account', 'mini_program', 'mobile_app'],
    extraFields: () => ({}),
    toParameters(answer) {
      const { data } = codeSchema.safeParse(answer);
      return data && Promise.resolve({ codeUrl: data.code_url });
    },
  },
  wechat_h5: {
    method: 'wechat_h5',
    path: '/v3/pay/transactions/h5',
    needsOpenid: false,
    needsClientIp: true,
    appKinds: ['official_account', 'mini_program', 'mobile_app'],
    extraFields: ({ clientIp }) => ({ scene_info: { payer_client_ip: clientIp, h5_info: { type: 'Wap' } } }),
    toParameters(answer, { request }) {
      const { data } = h5Schema.safeParse(answer);
      // WeChat Pay lets nothing be appended but this.
      const back = `&redirect_url=${encodeURIComponent(request.returnUrl)}`;
      return data && Promise.resolve({ h5Url: data.h5_url + back });
    },
  },
  wechat_app: {
    method: 'wechat_app',
    path: '/v3/pay/transactions/app',
    needsOpenid: false,
    needsClientIp: false,
    appKinds: ['mobile_app'],
    extraFields: () => ({}),
    toParameters(answer, opening) {
      const { data } = prepaySchema.safeParse(answer);
      return data && appParameters(data.prepay_id, opening);
    },
  },
} as const satisfies Partial<Record<PaymentMethod, WechatPayMethod>>;

export function methodOf(method: PaymentMethod): WechatPayMethod | undefined {
  return Object.hasOwn(WECHAT_PAY_METHODS, method)
    ? WECHAT_PAY_METHODS[method as keyof typeof WECHAT_PAY_METHODS]
    : undefined;
}
