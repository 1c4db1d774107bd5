import { z } from 'zod';
import type { Store } from '../store.ts';

export const alipaySettingsSchema = z.strictObject({
  /** `key`: the two sides know each other's public keys. `certificate`: messages name the certificates they go with. */
  keyMode: z.enum(['key', 'certificate']),
  /** How long a refund that a fault plan holds back takes, before the time scale. */
  refundSettleMs: z.number().int().min(0),
});

export type AlipaySettings = z.infer<typeof alipaySettingsSchema>;

const DEFAULTS: AlipaySettings = { keyMode: 'certificate', refundSettleMs: 2000 };

export interface AlipaySettingsHolder {
  current(): Readonly<AlipaySettings>;
  change(patch: { [Key in keyof AlipaySettings]?: AlipaySettings[Key] | undefined }): AlipaySettings;
  reset(): void;
}

export function createAlipaySettings(store: Store): AlipaySettingsHolder {
  let settings: AlipaySettings = { ...DEFAULTS, ...store.readRecord<AlipaySettings>('alipay_settings') };
  return {
    current: () => settings,
    change(patch) {
      const given = Object.entries(patch).filter(([, value]) => value !== undefined);
      settings = alipaySettingsSchema.parse({ ...settings, ...Object.fromEntries(given) });
      store.writeRecord('alipay_settings', settings);
      return settings;
    },
    reset() {
      settings = { ...DEFAULTS };
    },
  };
}
