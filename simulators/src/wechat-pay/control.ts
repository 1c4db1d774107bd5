import { controlError } from '../control-error.ts';
import type { WeChatApp } from '../wechat-identity/apps.ts';
import type { WeChatPayContext } from './context.ts';
import type { WeChatPaySettings } from './key-ring.ts';
import { type MaterialHolder, publicPemOf } from './material.ts';
import { isSha256RsaSignature } from './signing.ts';
import type { Trade } from './trades.ts';
import type { AppParams, ClientParams, TradingControl } from './trading-control.ts';
import { createTradingControl } from './trading-control.ts';

/** Everything WeChat would give a merchant: what a client has to be configured with. */
export interface MerchantView {
  mchid: string;
  merchantSerialNo: string;
  merchantPrivateKeyPem: string;
  merchantCertificatePem: string;
  apiV3Key: string;
  publicKeyId: string;
  publicKeyPem: string;
  platformCertificates: { serialNo: string; pem: string }[];
  keyMode: WeChatPaySettings['keyMode'];
  apps: readonly WeChatApp[];
  apiBaseUrl: string;
  openApiBaseUrl: string;
}

/** What people and tests do to the simulated WeChat Pay: the buyer's hand, and WeChat's own. */
export interface WeChatPayControl extends TradingControl {
  merchant(): MerchantView;
  settings(): Readonly<WeChatPaySettings>;
  changeSettings(patch: Partial<WeChatPaySettings>): WeChatPaySettings;
  /** Key change-over: a new platform certificate signs from now on, the old ones stay listed. */
  rotateCertificate(): Promise<{ serialNo: string; pem: string }>;
}

export function createWeChatPayControl(context: WeChatPayContext, holder: MaterialHolder): WeChatPayControl {
  const { settings } = context;
  return {
    ...createTradingControl(context, {
      clientParams: (trade, params) => checkPaySign(context, trade, params),
      appParams: (trade, params) => checkAppSign(context, trade, params),
    }),
    merchant: () => describeMerchant(context),
    settings: () => settings.current(),
    changeSettings: (patch) => settings.change(patch),
    async rotateCertificate() {
      const { serialNo, pem } = await holder.addCertificate(context.clock.now());
      return { serialNo, pem };
    },
  };
}

function describeMerchant(context: WeChatPayContext): MerchantView {
  const material = context.ring.material();
  const { keyMode } = context.settings.current();
  const { wechatPay, wechatOpen } = context.addresses();
  return {
    mchid: material.mchid,
    merchantSerialNo: material.merchantSerialNo,
    merchantPrivateKeyPem: material.merchantPrivateKeyPem,
    merchantCertificatePem: material.merchantCertificatePem,
    apiV3Key: material.apiV3Key,
    publicKeyId: material.publicKeyId,
    publicKeyPem: publicPemOf(material.publicKeyPrivatePem),
    platformCertificates: material.platformCertificates.map(({ serialNo, pem }) => ({ serialNo, pem })),
    keyMode,
    apps: context.openids.apps,
    apiBaseUrl: wechatPay,
    openApiBaseUrl: wechatOpen,
  };
}

/** WeChat refuses `requestPayment` when its parameters were not signed by the merchant for this app. */
function checkPaySign(context: WeChatPayContext, trade: Trade, params: ClientParams): void {
  const message = `${params.appId}\n${params.timeStamp}\n${params.nonceStr}\n${params.package}\n`;
  const isSigned = isSha256RsaSignature(message, params.paySign, context.ring.merchantPublicKey());
  if (params.signType === 'RSA' && params.appId === trade.appid && isSigned) {
    return;
  }
  throw controlError(
    422,
    'pay_sign_invalid',
    'requestPayment:fail, the paySign does not belong to these parameters.',
  );
}

/** The same for a native app, whose signature leaves the prefix out. */
function checkAppSign(context: WeChatPayContext, trade: Trade, params: AppParams): void {
  const message = `${params.appid}\n${params.timestamp}\n${params.noncestr}\n${params.prepayid}\n`;
  const isSigned = isSha256RsaSignature(message, params.sign, context.ring.merchantPublicKey());
  const isMeant = params.appid === trade.appid && params.partnerid === trade.mchid;
  if (isSigned && isMeant && params.package === 'Sign=WXPay') {
    return;
  }
  throw controlError(422, 'pay_sign_invalid', 'The sign does not belong to these parameters.');
}
