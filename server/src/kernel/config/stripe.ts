import type { Settings } from './keys.ts';

/** The merchant's account at Stripe. */
export interface StripeConfig {
  readonly accountId: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecrets: readonly string[];
  readonly currencies: readonly string[];
  readonly captureMode: 'automatic' | 'manual';
  readonly cardForm: 'hosted' | 'intent';
  readonly baseUrl: string;
  readonly feeBasisPoints: number;
}

/** What `STRIPE_*` says; `null` without `STRIPE_SECRET_KEY`. Adds what is wrong to `problems`. */
export function readStripe(settings: Settings, problems: string[]): StripeConfig | null {
  const secretKey = settings.STRIPE_SECRET_KEY;
  if (secretKey === undefined) {
    return null;
  }
  const accountId = settings.STRIPE_ACCOUNT_ID;
  const publishableKey = settings.STRIPE_PUBLIC_KEY;
  const webhookSecrets = settings.STRIPE_WEBHOOK_SECRET;
  if (accountId === undefined || publishableKey === undefined || webhookSecrets.length === 0) {
    problems.push(
      'STRIPE_SECRET_KEY also needs STRIPE_ACCOUNT_ID, STRIPE_PUBLIC_KEY and STRIPE_WEBHOOK_SECRET',
    );
    return null;
  }
  if (settings.NODE_ENV === 'production' && secretKey.split('_')[1] === 'test') {
    problems.push('STRIPE_SECRET_KEY: must not be a test key in production');
  }
  return {
    ...{ accountId, secretKey, publishableKey, webhookSecrets },
    currencies: settings.STRIPE_CURRENCIES,
    captureMode: settings.STRIPE_CAPTURE,
    cardForm: settings.STRIPE_CARD_FORM,
    baseUrl: settings.STRIPE_BASE_URL,
    feeBasisPoints: settings.STRIPE_FEE_BASIS_POINTS,
  };
}
