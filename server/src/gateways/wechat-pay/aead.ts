import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const TAG_BYTES = 16;

/** What WeChat Pay encrypts for one merchant under its APIv3 key: AES-256-GCM, the tag behind the ciphertext. */
export const encryptedResourceSchema = z.object({
  algorithm: z.literal('AEAD_AES_256_GCM'),
  ciphertext: z.string(),
  associated_data: z.string().nullish(),
  nonce: z.string().min(1),
});

export type EncryptedResource = z.infer<typeof encryptedResourceSchema>;

/** The merchant's APIv3 key; made once, because that costs as much as a decryption. */
export function readApiV3Key(apiV3Key: string): KeyObject {
  return createSecretKey(Buffer.from(apiV3Key));
}

/** Throws when the key is not ours or anything was changed: the tag is checked by `final`. */
export function decryptResource(resource: EncryptedResource, apiV3Key: KeyObject): string {
  const bytes = Buffer.from(resource.ciphertext, 'base64');
  if (bytes.length < TAG_BYTES) {
    throw new Error('the ciphertext is shorter than its tag');
  }
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key, Buffer.from(resource.nonce), {
    authTagLength: TAG_BYTES,
  });
  decipher
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
    .setAAD(Buffer.from(resource.associated_data ?? ''));
  const plain = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
  return Buffer.concat([plain, decipher.final()]).toString('utf8');
}
