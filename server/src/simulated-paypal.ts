import { type Config, type PaypalConfig, publicUrlOf } from './kernel/config/index.ts';
import type { Outbound } from './kernel/outbound/index.ts';

/** What the simulated PayPal would have given to a merchant; see simulators/README.md. */
interface SimulatedMerchant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly merchantId: string;
  readonly webhookId: string;
  readonly webhookCaPem: string;
  readonly apiBaseUrl: string;
}

/** Registers our webhook at the simulated PayPal and answers what a merchant would have configured. */
export async function connectSimulatedPaypal(
  config: Config,
  controlUrl: string,
  outbound: Pick<Outbound, 'call'>,
): Promise<PaypalConfig> {
  const { body } = await outbound.call({
    provider: 'simulators',
    operation: 'paypal_merchant',
    method: 'GET',
    url: `${controlUrl}/control/paypal/merchant`,
    redact: ['clientSecret'],
  });
  await outbound.call({
    provider: 'simulators',
    operation: 'paypal_webhook',
    method: 'PATCH',
    url: `${controlUrl}/control/paypal/settings`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ webhookUrl: `${publicUrlOf(config)}/payments/notify/paypal` }),
  });
  const { apiBaseUrl, ...merchant } = JSON.parse(body.toString('utf8')) as SimulatedMerchant;
  return {
    ...merchant,
    baseUrl: apiBaseUrl,
    webhookVerification: 'offline',
    intent: 'CAPTURE',
    feeBasisPoints: 349,
  };
}
