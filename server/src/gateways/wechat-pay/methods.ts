/** What differs between the ways to pay; another one is another entry here. */
import { z } from 'zod';
import type { ClientParameters, PaymentMethod, PaymentRequest } from '../gateway.ts';
import type { WechatPayAppKind } from './config.ts';
import { jsapiMessage, type Signer } from './sign.ts';

export interface WechatPayMethod {
  readonly method: PaymentMethod;
  readonly path: string;
  readonly needsOpenid: boolean;
  /** The kinds of app that may open it, the preferred one first. */
  readonly appKinds: readonly WechatPayAppKind[];
  /** What the prepay request carries beyond what all methods do. */
  extraFields(request: PaymentRequest): Readonly<Record<string, unknown>>;
  /** Fresh parameters for the payer's device from the answer; `undefined` when that is not what it should be. */
  toParameters(answer: unknown, appId: string, signer: Signer): Promise<ClientParameters> | undefined;
}

const prepaySchema = z.object({ prepay_id: z.string().min(1) });
const codeSchema = z.object({ code_url: z.string().min(1) });

async function jsapiParameters(prepayId: string, appId: string, signer: Signer): Promise<ClientParameters> {
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

export const WECHAT_PAY_METHODS = {
  wechat_jsapi: {
    method: 'wechat_jsapi',
    path: '/v3/pay/transactions/jsapi',
    needsOpenid: true,
    appKinds: ['mini_program', 'official_account'],
    extraFields: ({ openid }) => ({ payer: { openid } }),
    toParameters(answer, appId, signer) {
      const { data } = prepaySchema.safeParse(answer);
      return data && jsapiParameters(data.prepay_id, appId, signer);
    },
  },
  wechat_native: {
    method: 'wechat_native',
    path: '/v3/pay/transactions/native',
    needsOpenid: false,
    appKinds: ['official_account', 'mini_program', 'mobile_app'],
    extraFields: () => ({}),
    toParameters(answer) {
      const { data } = codeSchema.safeParse(answer);
      return data && Promise.resolve({ codeUrl: data.code_url });
    },
  },
} as const satisfies Partial<Record<PaymentMethod, WechatPayMethod>>;

export function methodOf(method: PaymentMethod): WechatPayMethod | undefined {
  return Object.hasOwn(WECHAT_PAY_METHODS, method)
    ? WECHAT_PAY_METHODS[method as keyof typeof WECHAT_PAY_METHODS]
    : undefined;
}
