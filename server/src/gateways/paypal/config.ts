import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/** What a merchant is given by PayPal, and what they chose. */
const settingsSchema = z.object({
  clientId: z.string().min(1, 'is missing'),
  clientSecret: z.string().min(1, 'is missing'),
  /** Of the account that is paid; every fact about money must name it. */
  merchantId: z.string().regex(/^[2-9A-HJ-NP-Z]{13}$/, 'is not the merchant id of an account'),
  /** Stands in what PayPal signs. */
  webhookId: z.string().regex(/^[0-9A-Za-z]{1,50}$/, 'is not the id of a webhook'),
  /** `offline` checks the signature here, `online` asks PayPal to do it. */
  webhookVerification: z.enum(['offline', 'online']).default('offline'),
  /** An authority besides the public ones: a simulator's. */
  webhookCaPem: z.string().refine(isCertificate, 'is not the certificate of an authority').nullable(),
  /** `AUTHORIZE` only holds the money until it is captured. */
  intent: z.enum(['CAPTURE', 'AUTHORIZE']).default('CAPTURE'),
  baseUrl: z.url({ protocol: /^https?$/ }).default('https://api-m.sandbox.paypal.com'),
  feeBasisPoints: z.int().min(0).max(10_000).default(349),
});

export type PaypalSettings = z.input<typeof settingsSchema>;
export type CheckedSettings = z.output<typeof settingsSchema>;

/** Throws an error that names everything that is wrong at once, and no secret. */
export function checkSettings(settings: PaypalSettings): CheckedSettings {
  const { data, error } = settingsSchema.safeParse(settings);
  if (!data) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new Error(`the configuration of PayPal is wrong: ${problems.join('; ')}`);
  }
  return { ...data, baseUrl: data.baseUrl.replace(/\/$/, '') };
}
