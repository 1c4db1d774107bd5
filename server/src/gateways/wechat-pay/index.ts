import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log/index.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { Gateway } from '../gateway.ts';
import { createFinishAbnormalRefund } from './abnormal-refund.ts';
import { createDownloadBill } from './bill.ts';
import { wechatPayCapabilities } from './capabilities.ts';
import { createWechatPayClient } from './client.ts';
import { createClosePayment } from './close-payment.ts';
import { checkSettings, type WechatPaySettings } from './config.ts';
import { createCreatePayment } from './create-payment.ts';
import { createKeyRing } from './keys.ts';
import { methodOf } from './methods.ts';
import { createParseNotification, replyTo } from './notification.ts';
import { createQueryPayment } from './query-payment.ts';
import { createRefunds } from './refund.ts';
import { createSender } from './send.ts';
import { createValidate } from './validate.ts';

export type { WechatPaySettings } from './config.ts';

export interface WechatPayGatewayDeps {
  readonly settings: WechatPaySettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly log: Logger;
}

/** WeChat Pay v3 for one direct merchant with one or several apps (mini program, official account, mobile app). */
export function createWechatPayGateway({ outbound, clock, log, ...deps }: WechatPayGatewayDeps): Gateway {
  const settings = checkSettings(deps.settings);
  const { mchid, apiV3Key, apps } = settings;
  const sender = createSender({ settings, outbound, clock });
  const keys = createKeyRing({ settings, sender, clock, log });
  const client = createWechatPayClient({ sender, keys, clock });
  const queryPayment = createQueryPayment({ client, mchid });
  const refunds = createRefunds(client);

  return {
    capabilities: wechatPayCapabilities(apps.map(({ kind }) => kind)),
    merchantAccount: mchid,
    feeBasisPoints: settings.feeBasisPoints,
    captureMode: 'automatic',
    appFor(method) {
      const kinds = methodOf(method)?.appKinds ?? [];
      return kinds.flatMap((kind) => apps.filter((app) => app.kind === kind))[0]?.appid ?? null;
    },
    validate: createValidate(settings),
    createPayment: createCreatePayment({ client, signer: sender.signer, queryPayment, mchid }),
    queryPayment,
    closePayment: createClosePayment({ client, mchid }),
    refund: refunds.refund,
    queryRefund: refunds.queryRefund,
    finishAbnormalRefund: createFinishAbnormalRefund({ client, keys, queryRefund: refunds.queryRefund }),
    downloadBill: createDownloadBill({ client, sender, baseUrl: settings.baseUrl }),
    parseNotification: createParseNotification({ keys, apiV3Key, mchid }),
    replyTo,
    start: keys.start,
  };
}
