import { z } from 'zod';
import type { Store } from './store.ts';

export const settingsSchema = z.strictObject({
  /** Waits imposed by a provider (re-sends, refund settlement, minimum spacing) are divided by this. */
  timeScale: z.number().positive().max(1_000_000),
  /** Refuse notification addresses that the real provider refuses: http, loopback, private, with a query. */
  strictNotifyUrl: z.boolean(),
  /** `manual`: nothing happens by itself; only a flush sends notifications and settles what is due. */
  delivery: z.enum(['automatic', 'manual']),
  /** Which clock signatures are dated by and checked against after the simulated clock was moved. */
  signatureClock: z.enum(['simulated', 'system']),
});

export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Settings = {
  timeScale: 1,
  strictNotifyUrl: false,
  delivery: 'automatic',
  signatureClock: 'simulated',
};

/** Settings that belong to no provider; kept in the store so that they outlive a restart. */
export interface SettingsHolder {
  current(): Readonly<Settings>;
  change(patch: Partial<Settings>): Settings;
  reset(): void;
}

/** `initial` are the values this process was started with: they win over what is stored. */
export function createSettings(store: Store, initial: Partial<Settings>): SettingsHolder {
  const started = settingsSchema.parse({ ...DEFAULT_SETTINGS, ...initial });
  let settings: Settings = {
    ...DEFAULT_SETTINGS,
    ...store.readRecord<Partial<Settings>>('settings'),
    ...initial,
  };

  return {
    current: () => settings,
    change(patch) {
      settings = settingsSchema.parse({ ...settings, ...patch });
      store.writeRecord('settings', settings);
      return settings;
    },
    reset() {
      settings = { ...started };
    },
  };
}
