import { controlError } from '../control-error.ts';
import type { WeChatApp } from '../wechat-identity/apps.ts';
import type { Trade } from '../wechat-pay/trades.ts';
import {
  type ClientParams,
  createTradingControl,
  type TradingControl,
} from '../wechat-pay/trading-control.ts';
import type { WeChatCloudContext } from './context.ts';
import { signMd5 } from './material.ts';
import type { WeChatCloudSettings } from './settings.ts';

/** What a program in Cloud Hosting would be configured with. */
export interface CloudMerchantView {
  subMchid: string;
  envId: string;
  service: string;
  apps: readonly WeChatApp[];
  apiBaseUrl: string;
}

export interface CallerInput {
  /** By default the first payer, and the environment's own app. */
  payerId?: string | undefined;
  appid?: string | undefined;
  /** The environment is another app's, which shares it with this one. */
  isShared?: boolean | undefined;
}

/** What people and tests do to the simulated cloud calls. */
export interface WeChatCloudControl extends TradingControl {
  merchant(): CloudMerchantView;
  settings(): Readonly<WeChatCloudSettings>;
  changeSettings(
    patch: { [Key in keyof WeChatCloudSettings]?: WeChatCloudSettings[Key] | undefined },
  ): WeChatCloudSettings;
  /** The headers that the gateway puts into a request of this buyer's mini program. */
  callerHeaders(input?: CallerInput): Record<string, string>;
}

export function createWeChatCloudControl(
  context: WeChatCloudContext,
  baseUrl: () => string,
): WeChatCloudControl {
  const { settings, material, openids, payers } = context;
  return {
    ...createTradingControl(context, {
      clientParams: (trade, params) => checkPaySign(context, trade, params),
      appParams: () => {
        throw controlError(422, 'pay_sign_invalid', 'Cloud calls open no payments of native apps.');
      },
    }),
    merchant: () => ({
      ...{ subMchid: material.subMchid, envId: material.envId, service: material.service },
      ...{ apps: openids.apps, apiBaseUrl: baseUrl() },
    }),
    settings: () => settings.current(),
    changeSettings: (patch) => settings.change(patch),
    callerHeaders({ payerId, appid, isShared = false } = {}) {
      const payer = payerId === undefined ? payers.first() : payers.find(payerId);
      const app = appid ?? openids.apps[0]?.appid ?? '';
      const prefix = isShared ? 'x-wx-from' : 'x-wx';
      return {
        [`${prefix}-openid`]: openids.of(payer.id, app),
        [`${prefix}-appid`]: app,
        [`${prefix}-unionid`]: openids.unionidOf(payer.id),
        'x-wx-env': material.envId,
        'x-wx-service': material.service,
        'x-wx-source': 'wx_client',
      };
    },
  };
}

/** WeChat refuses `requestPayment` when the platform has not signed its parameters. */
function checkPaySign({ material }: WeChatCloudContext, trade: Trade, params: ClientParams): void {
  const { paySign, ...signed } = params;
  if (params.appId === trade.appid && paySign === signMd5({ ...signed }, material.key)) {
    return;
  }
  throw controlError(
    422,
    'pay_sign_invalid',
    'requestPayment:fail, the paySign does not belong to these parameters.',
  );
}
