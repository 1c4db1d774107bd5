import type { Clock } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { Gateway } from '../gateway.ts';
import { createDownloadBill } from './bill.ts';
import { createBilledRefunds } from './billed-refunds.ts';
import { METHOD, wechatCloudCapabilities } from './capabilities.ts';
import { createCloudClient } from './client.ts';
import { createClosePayment } from './close-payment.ts';
import { checkSettings, type WechatCloudSettings } from './config.ts';
import { createCreatePayment } from './create-payment.ts';
import { parseNotification, replyTo } from './notification.ts';
import { createQueryPayment } from './query-payment.ts';
import { createRefunds } from './refund.ts';
import { createValidate } from './validate.ts';

export type { WechatCloudSettings } from './config.ts';

export interface WechatCloudGatewayDeps {
  readonly settings: WechatCloudSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** WeChat Pay by cloud call, for one merchant whose program runs in WeChat Cloud Hosting: no keys, no signatures. */
export function createWechatCloudGateway({ outbound, clock, ...deps }: WechatCloudGatewayDeps): Gateway {
  const settings = checkSettings(deps.settings);
  const { subMchid, apps } = settings;
  const client = createCloudClient(outbound, settings.baseUrl);
  const queryPayment = createQueryPayment({ client, subMchid });
  const downloadBill = createDownloadBill({ client, subMchid });
  const findBilled = createBilledRefunds({ clock, downloadBill });
  const { refund, queryRefund } = createRefunds({ client, settings, findBilled });

  return {
    capabilities: wechatCloudCapabilities,
    merchantAccount: subMchid,
    feeBasisPoints: settings.feeBasisPoints,
    captureMode: 'automatic',
    appFor: (method) => (method === METHOD ? (apps[0]?.appid ?? null) : null),
    validate: createValidate(settings),
    createPayment: createCreatePayment({ client, queryPayment, settings }),
    queryPayment,
    closePayment: createClosePayment({ client, subMchid }),
    refund,
    queryRefund,
    downloadBill,
    parseNotification,
    replyTo,
  };
}
