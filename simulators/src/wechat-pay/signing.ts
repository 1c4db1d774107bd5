import {
  constants,
  createCipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  sign,
  verify,
} from 'node:crypto';
import { randomText } from '../random.ts';

// Written apart from any client of the protocol, so that an error made on one side shows on the other.

/** The text under a merchant's request signature: five lines, each ended by a line feed. */
export function requestMessage(
  method: string,
  target: string,
  timestamp: string,
  nonce: string,
  body: string,
): string {
  return `${method}\n${target}\n${timestamp}\n${nonce}\n${body}\n`;
}

/** The text under the platform's signature of an answer or a notification. */
export function answerMessage(timestamp: string, nonce: string, body: string): string {
  return `${timestamp}\n${nonce}\n${body}\n`;
}

export function signSha256Rsa(message: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(message, 'utf8'), key).toString('base64');
}

export function isSha256RsaSignature(message: string, signature: string, key: KeyObject): boolean {
  return verify('sha256', Buffer.from(message, 'utf8'), key, Buffer.from(signature, 'base64'));
}

export interface EncryptedResource {
  algorithm: 'AEAD_AES_256_GCM';
  ciphertext: string;
  associated_data: string;
  nonce: string;
}

/** AEAD_AES_256_GCM with a fresh nonce; the tag is the last 16 bytes of the ciphertext. */
export function encryptResource(plain: string, apiV3Key: string, associatedData: string): EncryptedResource {
  const nonce = randomText(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key, 'utf8'), Buffer.from(nonce, 'utf8'));
  cipher.setAAD(Buffer.from(associatedData, 'utf8'));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data: associatedData,
    nonce,
  };
}

/** What v2 refund notifications hide their content with: AES-256-ECB under the MD5 of the v2 key. */
export function encryptV2(plain: string, apiV2Key: string): string {
  const key = createHash('md5').update(apiV2Key).digest('hex');
  const cipher = createCipheriv('aes-256-ecb', Buffer.from(key, 'utf8'), null);
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]).toString('base64');
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };

/** Decrypts a sensitive field that a merchant encrypted for the platform; undefined when it was not for us. */
export function decryptField(ciphertext: string, key: KeyObject): string | undefined {
  try {
    return privateDecrypt({ key, ...OAEP }, Buffer.from(ciphertext, 'base64')).toString('utf8');
  } catch {
    return undefined;
  }
}

export function encryptField(plain: string, key: KeyObject): string {
  return publicEncrypt({ key, ...OAEP }, Buffer.from(plain, 'utf8')).toString('base64');
}

/** Parsed keys by their PEM: parsing costs more than most requests. */
export function createKeyCache(): {
  privateKey(pem: string): KeyObject;
  publicKeyOf(privatePem: string): KeyObject;
} {
  const privateKeys = new Map<string, KeyObject>();
  const publicKeys = new Map<string, KeyObject>();

  function remember(
    cache: Map<string, KeyObject>,
    pem: string,
    parse: (pem: string) => KeyObject,
  ): KeyObject {
    const known = cache.get(pem);
    if (known !== undefined) {
      return known;
    }
    const key = parse(pem);
    cache.set(pem, key);
    return key;
  }

  return {
    privateKey: (pem) => remember(privateKeys, pem, createPrivateKey),
    publicKeyOf: (pem) => remember(publicKeys, pem, (text) => createPublicKey(createPrivateKey(text))),
  };
}
