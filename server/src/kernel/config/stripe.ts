import type { Settings } from './keys.ts';

/** What the shop decides about Stripe, whoever the account is. */
export interface StripeOptions {
  readonly currencies: readonly string[];
  readonly captureMode: 'automatic' | 'manual';
  readonly cardForm: 'hosted' | 'intent';
  readonly feeBasisPoints: number;
}

/** The merchant's account at Stripe. */
export interface StripeConfig extends StripeOptions {
  readonly accountId: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecrets: readonly string[];
  readonly baseUrl: string;
}

/** What `STRIPE_*` says of the shop's own wishes. */
export function readStripeOptions(settings: Settings): StripeOptions {
  return {
    currencies: settings.STRIPE_CURRENCIES,
    captureMode: settings.STRIPE_CAPTURE,
    cardForm: settings.STRIPE_CARD_FORM,
    feeBasisPoints: settings.STRIPE_FEE_BASIS_POINTS,
  };
}

/** What `STRIPE_*` says of the account; `null` without `STRIPE_SECRET_KEY`. Adds what is wrong to `problems`. */
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
    ...readStripeOptions(settings),
    ...{ accountId, secretKey, publishableKey, webhookSecrets },
    baseUrl: settings.STRIPE_BASE_URL,
  };
}
