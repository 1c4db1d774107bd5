import { z } from 'zod';
import type { Store } from '../store.ts';

export const weChatCloudSettingsSchema = z.strictObject({
  /** Where the service of the environment is; the path of a callback comes after it. */
  serviceUrl: z.url(),
  /** How long a refund stays PROCESSING before it ends, before the time scale. */
  refundSettleMs: z.number().int().min(0),
  /** `empty`: a query for a refund says that there is one and not where it stands, as the platform does. `filled`: all. */
  refundLists: z.enum(['empty', 'filled']),
});

export type WeChatCloudSettings = z.infer<typeof weChatCloudSettingsSchema>;

const DEFAULTS: WeChatCloudSettings = {
  serviceUrl: 'http://127.0.0.1:3000',
  refundSettleMs: 2000,
  refundLists: 'empty',
};

export interface WeChatCloudSettingsHolder {
  current(): Readonly<WeChatCloudSettings>;
  change(
    patch: {
      [Key in keyof WeChatCloudSettings]?: WeChatCloudSettings[Key] | undefined;
    },
  ): WeChatCloudSettings;
  reset(): void;
}

export function createWeChatCloudSettings(store: Store): WeChatCloudSettingsHolder {
  let settings: WeChatCloudSettings = {
    ...DEFAULTS,
    ...store.readRecord<WeChatCloudSettings>('wechat_cloud_settings'),
  };
  return {
    current: () => settings,
    change(patch) {
      const given = Object.entries(patch).filter(([, value]) => value !== undefined);
      settings = weChatCloudSettingsSchema.parse({ ...settings, ...Object.fromEntries(given) });
      store.writeRecord('wechat_cloud_settings', settings);
      return settings;
    },
    reset() {
      settings = { ...DEFAULTS };
    },
  };
}
