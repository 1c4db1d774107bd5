import { z } from 'zod';
import type { Store } from '../store.ts';

export const paypalSettingsSchema = z.strictObject({
  /** Where notifications go; null: nowhere. */
  webhookUrl: z.url().nullable(),
  /** `expires_in` of tokens. */
  tokenLifeSeconds: z.number().int().min(1).max(32_400),
  /** How long a refund or capture that a fault plan left PENDING stays so. */
  settleMs: z.number().int().min(0),
  /** More lines than this are refused in one report. */
  reportLimit: z.number().int().min(1).max(10_000),
});

export type PaypalSettings = z.infer<typeof paypalSettingsSchema>;

const DEFAULTS: PaypalSettings = {
  webhookUrl: null,
  tokenLifeSeconds: 32_400,
  settleMs: 2_000,
  reportLimit: 10_000,
};

export interface PaypalSettingsHolder {
  current(): Readonly<PaypalSettings>;
  change(patch: { [Key in keyof PaypalSettings]?: PaypalSettings[Key] | undefined }): PaypalSettings;
  reset(): void;
}

export function createPaypalSettings(store: Store): PaypalSettingsHolder {
  let settings: PaypalSettings = {
    ...DEFAULTS,
    ...store.readRecord<Partial<PaypalSettings>>('paypal_settings'),
  };
  return {
    current: () => settings,
    change(patch) {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      settings = paypalSettingsSchema.parse({ ...settings, ...given });
      store.writeRecord('paypal_settings', settings);
      return settings;
    },
    reset() {
      // Where notifications go is part of the merchant, whom a reset leaves.
      settings = { ...DEFAULTS, webhookUrl: settings.webhookUrl };
    },
  };
}
