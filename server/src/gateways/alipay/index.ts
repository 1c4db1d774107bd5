import type { Clock } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { Gateway } from '../gateway.ts';
import { createDownloadBill } from './bill.ts';
import { alipayCapabilities } from './capabilities.ts';
import { createAlipayClient } from './client.ts';
import { createClosePayment } from './close-payment.ts';
import { type AlipaySettings, checkSettings } from './config.ts';
import { createCreatePayment } from './create-payment.ts';
import { methodOf } from './methods.ts';
import { createParseNotification, replyTo } from './notification.ts';
import { createQueryPayment } from './query-payment.ts';
import { createRefunds } from './refund.ts';
import { createFindRefund } from './refund-reading.ts';
import { createSigner } from './sign.ts';
import { createValidate } from './validate.ts';
import { createFindKey } from './verify.ts';

export type { AlipaySettings } from './config.ts';

export interface AlipayGatewayDeps {
  readonly settings: AlipaySettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** Alipay for one merchant with one app, by public key or by certificates. */
export function createAlipayGateway({ outbound, clock, ...deps }: AlipayGatewayDeps): Gateway {
  const settings = checkSettings(deps.settings);
  const { appId, sellerId, gatewayUrl } = settings;
  const signer = createSigner(settings, clock);
  const findKey = createFindKey(settings);
  const client = createAlipayClient({ outbound, signer, findKey, gatewayUrl });
  const findRefund = createFindRefund(client);
  const queryPayment = createQueryPayment({ client, owner: { appId, sellerId }, findRefund });
  const closePayment = createClosePayment({ client, queryPayment, clock });
  const { refund, queryRefund } = createRefunds({ client, findRefund });

  return {
    capabilities: alipayCapabilities,
    merchantAccount: sellerId,
    feeBasisPoints: settings.feeBasisPoints,
    captureMode: 'automatic',
    appFor: (method) => (methodOf(method) ? appId : null),
    validate: createValidate(settings),
    createPayment: createCreatePayment({ client, signer, closePayment, clock, gatewayUrl }),
    queryPayment,
    closePayment,
    refund,
    queryRefund,
    downloadBill: createDownloadBill({ client, outbound, clock, sellerId }),
    parseNotification: createParseNotification({ findKey, findRefund, sellerId }),
    replyTo,
  };
}
