import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';

const API_V3_KEY_BYTES = 32;
const MINIMUM_MODULUS_BITS = 2048;

function isRsaKey(importKey: () => KeyObject): boolean {
  try {
    const key = importKey();
    return (
      key.asymmetricKeyType === 'rsa' &&
      (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MINIMUM_MODULUS_BITS
    );
  } catch {
    return false;
  }
}

function pem(what: string, importKey: (pem: string) => KeyObject) {
  return z
    .string()
    .refine(
      (text) => isRsaKey(() => importKey(text)),
      `is not the PEM of ${what} of at least ${MINIMUM_MODULUS_BITS} bits`,
    );
}

/**
 * What a merchant is given by WeChat Pay. Public key and platform certificates may both be there: while WeChat Pay moves a
 * merchant from certificates to the public key, its messages come signed by either.
 */
const settingsSchema = z.object({
  mchid: z.string().regex(/^\d{6,32}$/, 'is not a merchant number'),
  merchantSerialNo: z.string().regex(/^[0-9A-Fa-f]{1,40}$/, 'is not the serial number of a certificate'),
  privateKeyPem: pem('an RSA private key', createPrivateKey),
  apiV3Key: z
    .string()
    .refine((key) => Buffer.byteLength(key) === API_V3_KEY_BYTES, `is not ${API_V3_KEY_BYTES} bytes long`),
  publicKey: z
    .object({
      id: z.string().regex(/^PUB_KEY_ID_\w{1,100}$/, 'does not begin with PUB_KEY_ID_'),
      pem: pem('an RSA public key', createPublicKey),
    })
    .nullable(),
  /** Certificates that are known in advance; the present ones are downloaded all the same. */
  platformCertificatePems: z
    .array(pem('a certificate with an RSA key', (text) => new X509Certificate(text).publicKey))
    .default([]),
  /** The apps that are bound to the merchant; the first of a fitting kind opens payments that no openid decides. */
  apps: z
    .array(
      z.object({
        appid: z.string().regex(/^wx[0-9a-zA-Z]{1,30}$/, 'is not an appid'),
        kind: z.enum(['mini_program', 'official_account', 'mobile_app']),
      }),
    )
    .min(1, 'must name at least one app'),
  baseUrl: z.url({ protocol: /^https?$/ }).default('https://api.mch.weixin.qq.com'),
  feeBasisPoints: z.int().min(0).max(10_000).default(60),
});

export type WechatPaySettings = z.input<typeof settingsSchema>;
export type CheckedSettings = z.output<typeof settingsSchema>;
export type WechatPayAppKind = CheckedSettings['apps'][number]['kind'];

/** Throws an error that names everything that is wrong at once, and no secret. */
export function checkSettings(settings: WechatPaySettings): CheckedSettings {
  const { data, error } = settingsSchema.safeParse(settings);
  if (!data) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new Error(`the configuration of WeChat Pay is wrong: ${problems.join('; ')}`);
  }
  return data;
}
