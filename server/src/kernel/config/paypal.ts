import type { Settings } from './keys.ts';
import { readPem } from './pem.ts';

/** The merchant at PayPal. */
export interface PaypalConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly merchantId: string;
  readonly webhookId: string;
  readonly webhookVerification: 'offline' | 'online';
  /** Of a simulator; `null` stands for the public authorities. */
  readonly webhookCaPem: string | null;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  readonly baseUrl: string;
  readonly feeBasisPoints: number;
}

const ADDRESSES: Readonly<Record<Settings['PAYPAL_MODE'], string>> = {
  live: 'https://api-m.paypal.com',
  sandbox: 'https://api-m.sandbox.paypal.com',
};

/** Production takes no other authority, and nothing but https. */
function checkProduction(settings: Settings, baseUrl: string, problems: string[]): void {
  if (settings.PAYPAL_WEBHOOK_CA !== undefined) {
    problems.push('PAYPAL_WEBHOOK_CA: is for simulators, never in production');
  }
  if (!baseUrl.startsWith('https://')) {
    problems.push('PAYPAL_BASE_URL: must be https in production');
  }
}

/** What `PAYPAL_*` says; `null` without `PAYPAL_CLIENT_ID`. Adds what is wrong to `problems`. */
export function readPaypal(settings: Settings, problems: string[]): PaypalConfig | null {
  const {
    PAYPAL_CLIENT_ID: clientId,
    PAYPAL_CLIENT_SECRET: clientSecret,
    PAYPAL_MERCHANT_ID: merchantId,
    PAYPAL_WEBHOOK_ID: webhookId,
  } = settings;
  if (clientId === undefined) {
    return null;
  }
  const baseUrl = settings.PAYPAL_BASE_URL ?? ADDRESSES[settings.PAYPAL_MODE];
  if (settings.NODE_ENV === 'production') {
    checkProduction(settings, baseUrl, problems);
  }
  if (clientSecret === undefined || merchantId === undefined || webhookId === undefined) {
    problems.push(
      'PAYPAL_CLIENT_ID also needs PAYPAL_CLIENT_SECRET, PAYPAL_MERCHANT_ID and PAYPAL_WEBHOOK_ID',
    );
    return null;
  }
  return {
    ...{ clientId, clientSecret, merchantId, webhookId, baseUrl },
    webhookVerification: settings.PAYPAL_WEBHOOK_VERIFICATION,
    webhookCaPem: readPem(settings.PAYPAL_WEBHOOK_CA, undefined, 'PAYPAL_WEBHOOK_CA', problems) ?? null,
    intent: settings.PAYPAL_INTENT,
    feeBasisPoints: settings.PAYPAL_FEE_BASIS_POINTS,
  };
}
