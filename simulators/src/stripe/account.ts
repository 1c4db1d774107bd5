import { z } from 'zod';
import { randomText } from '../random.ts';
import { openSecretFile } from '../secret-file.ts';
import type { Store } from '../store.ts';

/** What Stripe gives the merchant; kept in a file, so that it outlives a reset. */
export interface AccountMaterial {
  accountId: string;
  secretKey: string;
  publishableKey: string;
  webhookSecret: string;
  /** While it is there, messages carry a signature under it too. */
  nextWebhookSecret: string | null;
}

export const stripeSettingsSchema = z.strictObject({
  /** Where events are sent; `null`: to nobody, they can only be listed. */
  webhookUrl: z.url({ protocol: /^https?$/ }).nullable(),
  /** How long a bank debit is `processing`. */
  debitSettleMs: z.number().int().min(0),
});

export type StripeSettings = z.infer<typeof stripeSettingsSchema>;

const DEFAULTS: StripeSettings = { webhookUrl: null, debitSettleMs: 5000 };
const RECORD = 'stripe_settings';

export interface AccountHolder {
  material(): AccountMaterial;
  /** Begins to sign with a new secret beside the old one, or ends it: then only the new one is left. */
  rollWebhookSecret(): AccountMaterial;
  settings(): StripeSettings;
  changeSettings(patch: Partial<StripeSettings>): StripeSettings;
}

const newWebhookSecret = () => `whsec_${randomText(32)}`;

export function createAccount(store: Store, dataDir: string | undefined): AccountHolder {
  const file = openSecretFile<AccountMaterial>(dataDir, 'stripe-account.json');
  let material: AccountMaterial = file.read() ?? {
    accountId: `acct_1${randomText(15)}`,
    secretKey: `sk_test_${randomText(32)}`,
    publishableKey: `pk_test_${randomText(32)}`,
    webhookSecret: newWebhookSecret(),
    nextWebhookSecret: null,
  };
  file.write(material);

  function settings(): StripeSettings {
    return { ...DEFAULTS, ...store.readRecord<Partial<StripeSettings>>(RECORD) };
  }

  return {
    material: () => material,
    rollWebhookSecret() {
      material =
        material.nextWebhookSecret === null
          ? { ...material, nextWebhookSecret: newWebhookSecret() }
          : { ...material, webhookSecret: material.nextWebhookSecret, nextWebhookSecret: null };
      file.write(material);
      return material;
    },
    settings,
    changeSettings(patch) {
      const changed = stripeSettingsSchema.parse({ ...settings(), ...patch });
      store.writeRecord(RECORD, changed);
      return changed;
    },
  };
}
