import type { Clock } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { Gateway } from '../gateway.ts';
import { createAuthorisePayment } from './authorise-payment.ts';
import { createDownloadBill } from './bill.ts';
import { paypalCapabilities } from './capabilities.ts';
import { createCapturePayment } from './capture-payment.ts';
import { createCertificates } from './certificates.ts';
import { createPaypalClient } from './client.ts';
import { createClosePayment } from './close-payment.ts';
import { checkSettings, type PaypalSettings } from './config.ts';
import { createCreatePayment } from './create-payment.ts';
import { createQueryDispute } from './dispute.ts';
import { createLookUp } from './look-up.ts';
import { createParseNotification, replyTo } from './notification.ts';
import { createQueryPayment } from './query-payment.ts';
import { createRefunds } from './refund.ts';
import { createTokens } from './token.ts';
import { validate } from './validate.ts';
import { createOfflineVerification, createOnlineVerification } from './verify.ts';

export type { PaypalSettings } from './config.ts';

export interface PaypalGatewayDeps {
  readonly settings: PaypalSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** PayPal (orders v2) for one merchant account. */
export function createPaypalGateway({ outbound, clock, ...deps }: PaypalGatewayDeps): Gateway {
  const settings = checkSettings(deps.settings);
  const { merchantId, webhookId } = settings;
  const tokens = createTokens({ settings, outbound, clock });
  const client = createPaypalClient({ settings, outbound, tokens });
  const lookUp = createLookUp(client, merchantId);
  const verifySignature =
    settings.webhookVerification === 'online'
      ? createOnlineVerification(webhookId, client)
      : createOfflineVerification(webhookId, createCertificates({ settings, outbound, clock }));

  return {
    capabilities: paypalCapabilities,
    merchantAccount: merchantId,
    feeBasisPoints: settings.feeBasisPoints,
    captureMode: settings.intent === 'AUTHORIZE' ? 'manual' : 'automatic',
    appFor: () => null,
    validate,
    createPayment: createCreatePayment({ client, settings }),
    queryPayment: createQueryPayment({ client, lookUp, clock, merchantId }),
    closePayment: createClosePayment({ client, lookUp }),
    authorisePayment: createAuthorisePayment({ client, lookUp, merchantId }),
    capturePayment: createCapturePayment({ client, lookUp, merchantId }),
    ...createRefunds(client, lookUp),
    queryDispute: createQueryDispute(client, merchantId),
    downloadBill: createDownloadBill(client, merchantId),
    parseNotification: createParseNotification({ verifySignature, merchantId }),
    replyTo,
  };
}
