import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { rootSerialNumberOf, splitPem } from './certificates.ts';

const MINIMUM_MODULUS_BITS = 2048;

function isRsaKey(key: KeyObject | undefined): boolean {
  return (
    key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MINIMUM_MODULUS_BITS
  );
}

function firstOf<T>(...attempts: (() => T)[]): T | undefined {
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      // The next form is tried.
    }
  }
  return undefined;
}

/** Alipay's tools give keys as bare base64, in PKCS #8 or PKCS #1, as often as in PEM. */
export function readPrivateKey(text: string): KeyObject | undefined {
  const der = Buffer.from(text, 'base64');
  return firstOf(
    () => createPrivateKey(text),
    () => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }),
  );
}

export function readPublicKey(text: string): KeyObject | undefined {
  const der = Buffer.from(text, 'base64');
  return firstOf(
    () => createPublicKey(text),
    () => createPublicKey({ key: der, format: 'der', type: 'spki' }),
  );
}

function isCertificate(text: string): boolean {
  const pems = splitPem(text);
  const certificates = pems.flatMap((pem) => firstOf(() => new X509Certificate(pem)) ?? []);
  return pems.length > 0 && certificates.length === pems.length;
}

const certificate = z.string().refine(isCertificate, 'is not the PEM of a certificate');

/** Alipay's key alone, or the three certificates: the app's, Alipay's (the newest and those before it), and the roots. */
const verificationSchema = z.discriminatedUnion('mode', [
  z.object({
    mode: z.literal('key'),
    alipayPublicKey: z
      .string()
      .refine(
        (text) => isRsaKey(readPublicKey(text)),
        "is not Alipay's RSA public key of at least 2048 bits",
      ),
  }),
  z.object({
    mode: z.literal('certificate'),
    appCertificatePem: certificate,
    alipayCertificatesPem: certificate.refine(
      (text) => splitPem(text).every((pem) => isRsaKey(firstOf(() => new X509Certificate(pem).publicKey))),
      'holds a certificate without an RSA key of at least 2048 bits',
    ),
    rootCertificatesPem: certificate.refine(
      (text) => firstOf(() => rootSerialNumberOf(text)) !== '',
      'holds no root that is signed with RSA',
    ),
  }),
]);

const settingsSchema = z.object({
  appId: z.string().regex(/^\d{10,32}$/, 'is not the number of an app'),
  sellerId: z.string().regex(/^2088\d{12}$/, 'is not a partner number (2088…)'),
  privateKey: z
    .string()
    .refine((text) => isRsaKey(readPrivateKey(text)), 'is not an RSA private key of at least 2048 bits'),
  verification: verificationSchema,
  gatewayUrl: z.url({ protocol: /^https?$/ }).default('https://openapi.alipay.com/gateway.do'),
  feeBasisPoints: z.int().min(0).max(10_000).default(60),
});

export type AlipaySettings = z.input<typeof settingsSchema>;
export type CheckedSettings = z.output<typeof settingsSchema>;

/** Throws an error that names everything that is wrong at once, and no secret. */
export function checkSettings(settings: AlipaySettings): CheckedSettings {
  const { data, error } = settingsSchema.safeParse(settings);
  if (!data) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new Error(`the configuration of Alipay is wrong: ${problems.join('; ')}`);
  }
  return data;
}
