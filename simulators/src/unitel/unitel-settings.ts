import { z } from 'zod';
import type { Store } from '../store.ts';

export const unitelSettingsSchema = z.strictObject({
  /** `expires_in` of tokens; about two minutes at the real one, which promises nothing. */
  tokenLifeSeconds: z.number().int().min(1).max(86_400),
});

export type UnitelSettings = z.infer<typeof unitelSettingsSchema>;

const DEFAULTS: UnitelSettings = { tokenLifeSeconds: 120 };

export interface UnitelSettingsHolder {
  current(): Readonly<UnitelSettings>;
  change(patch: { [Key in keyof UnitelSettings]?: UnitelSettings[Key] | undefined }): UnitelSettings;
  reset(): void;
}

export function createUnitelSettings(store: Store): UnitelSettingsHolder {
  let settings: UnitelSettings = {
    ...DEFAULTS,
    ...store.readRecord<Partial<UnitelSettings>>('unitel_settings'),
  };
  return {
    current: () => settings,
    change(patch) {
      settings = unitelSettingsSchema.parse({ ...settings, ...patch });
      store.writeRecord('unitel_settings', settings);
      return settings;
    },
    reset() {
      settings = { ...DEFAULTS };
    },
  };
}
