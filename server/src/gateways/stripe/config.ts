import { z } from 'zod';
import { decimalsOf, isCurrency } from '../../kernel/money.ts';

/** Stripe counts three-decimal currencies in thousandths whose last digit must be 0; no shop here needs them. */
const MAX_DECIMALS = 2;

const currency = z
  .string()
  .refine(
    (code) => isCurrency(code) && code !== 'COIN' && decimalsOf(code) <= MAX_DECIMALS,
    'is not a currency that can be taken through Stripe here',
  );

/** What a merchant is given by Stripe. Several webhook secrets may be there while one is being changed for another. */
const settingsSchema = z.object({
  accountId: z.string().regex(/^acct_\w{1,64}$/, 'is not the id of an account (acct_…)'),
  secretKey: z.string().regex(/^[sr]k_(test|live)_\w{1,250}$/, 'is not a secret key (sk_… or rk_…)'),
  publishableKey: z.string().regex(/^pk_(test|live)_\w{1,250}$/, 'is not a publishable key (pk_…)'),
  webhookSecrets: z
    .array(z.string().regex(/^whsec_\S{1,250}$/, 'is not the secret of a webhook endpoint (whsec_…)'))
    .min(1, 'must name at least one secret')
    .max(4, 'names too many secrets'),
  currencies: z.array(currency).min(1, 'must name at least one currency'),
  captureMode: z.enum(['automatic', 'manual']).default('automatic'),
  /** `hosted`: Stripe's own page, restricted to cards. `intent`: a form in the caller's page, through Stripe.js. */
  cardForm: z.enum(['hosted', 'intent']).default('hosted'),
  baseUrl: z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
  feeBasisPoints: z.int().min(0).max(10_000).default(290),
});

export type StripeSettings = z.input<typeof settingsSchema>;
export type CheckedSettings = z.output<typeof settingsSchema> & {
  /** Whether the keys move real money. Everything that Stripe tells must be of the same mode. */
  readonly isLive: boolean;
};

/** Throws an error that names everything that is wrong at once, and no secret. */
export function checkSettings(settings: StripeSettings): CheckedSettings {
  const { data, error } = settingsSchema.safeParse(settings);
  const problems = error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
  if (data && data.secretKey.split('_')[1] !== data.publishableKey.split('_')[1]) {
    problems.push('secretKey and publishableKey are of different modes');
  }
  if (!data || problems.length > 0) {
    throw new Error(`the configuration of Stripe is wrong: ${problems.join('; ')}`);
  }
  return { ...data, isLive: data.secretKey.split('_')[1] === 'live' };
}
