import { z } from 'zod';

const settingsSchema = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  baseUrl: z.url({ protocol: /^https?$/ }),
  /** What stands as the payer's account in each transaction. */
  account: z.string().min(1).max(64),
  /** Whether a tax bill is asked for with each delivery. */
  hasVatBill: z.boolean(),
});

export type UnitelSettings = z.infer<typeof settingsSchema>;

/** Throws an error that names everything that is wrong at once, and no secret. */
export function checkSettings(settings: UnitelSettings): UnitelSettings {
  const { data, error } = settingsSchema.safeParse(settings);
  if (!data) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new Error(`the configuration of Unitel is wrong: ${problems.join('; ')}`);
  }
  return data;
}
