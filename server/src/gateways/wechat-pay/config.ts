import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';

const API_V3_KEY_BYTES = 32;
const MINIMUM_MODULUS_BITS = 2048;

function isRsaKey(importKey: () => KeyObject): boolean {
  try {
    const key = importKey();
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MINIMUM_MODULUS_BITS;
  } catch {
    return false;
  }
}

const privateKeyPem = z
  .string()
  .refine((pem) => isRsaKey(() => createPrivateKey(pem)), 'is not the PEM of an RSA private key of at least 2048 bits');
const publicKeyPem = z
  .string()
  .refine((pem) => isRsaKey(() => createPublicKey(pem)), 'is not the PEM of an RSA public key of at least 2048 bits');
const certificatePem = z
  .string()
  .refine((pem) => isRsaKey(() => new X509Certificate(pem).publicKey), 'is not the PEM of a certificate with an RSA key');

const app = z.object({
  appid: z.string().regex(/^wx[0-9a-zA-Z]{1,30}$/, 'is not an appid'),
  kind: z.enum(['mini_program', 'official_account', 'mobile_app']),
});

/**
 * What a merchant is given by WeChat Pay. Public key and platform certificates may both be there: while WeChat Pay moves a
 * merchant from certificates to the public key, its messages come signed by either.
 */
export const wechatPaySettingsSchema = z
  .object({
    mchid: z.string().regex(/^\d{6,32}$/, 'is not a merchant number'),
    merchantSerialNo: z.string().regex(/^[0-9A-Fa-f]{1,40}$/, 'is not the serial number of a certificate'),
    merchantPrivateKeyPem: privateKeyPem,
    apiV3Key: z
      .string()
      .refine((key) => Buffer.byteLength(key) === API_V3_KEY_BYTES, `is not ${API_V3_KEY_BYTES} bytes long`),
    publicKeyId: z.string().regex(/^PUB_KEY_ID_\w{1,100}$/, 'does not begin with PUB_KEY_ID_').optional(),
    publicKeyPem: publicKeyPem.optional(),
    /** Certificates known in advance; the present ones are downloaded all the same. */
    platformCertificatePems: z.array(certificatePem).default([]),
    /** The apps that are bound to the merchant; the first of a fitting kind opens payments that no openid decides. */
    apps: z.array(app).min(1),
    apiBaseUrl: z.url({ protocol: /^https?$/ }).default('https://api.mch.weixin.qq.com'),
    feeBasisPoints: z.int().min(0).max(10_000).default(60),
  })
  .refine((settings) => (settings.publicKeyId === undefined) === (settings.publicKeyPem === undefined), {
    path: ['publicKeyPem'],
    message: 'and publicKeyId are only of use together',
  });

export type WechatPaySettings = z.infer<typeof wechatPaySettingsSchema>;
export type WechatPayAppKind = WechatPaySettings['apps'][number]['kind'];
