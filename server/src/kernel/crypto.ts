import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const FORMAT = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MINIMUM_SECRET_LENGTH = 16;

/** A hash that only this installation can make: what is hashed can be compared, and neither read nor guessed elsewhere. */
export function createKeyedHash(secret: string, purpose: string): (text: string) => string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `suanpan:${purpose}`, KEY_BYTES));
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest('base64url');
}

/** Encrypts short secrets (tokens, session keys) for storage, so that a stolen copy of the database does not hold them. */
export interface Sealer {
  /**
   * AES-256-GCM under a fresh nonce. `context` says where the text is kept, such as `wechat_access_tokens:wx123`, and is
   * authenticated: a sealed text that is moved to another row does not open there.
   */
  seal(plain: string, context: string): string;
  /** Throws when the text was changed, was sealed with another secret or stands in another context. */
  open(sealed: string, context: string): string;
}

/**
 * A sealer whose key is derived by HKDF-SHA-256 from `secret` for this `purpose` alone, so that one configured secret
 * serves several purposes. Throws when the secret is shorter than 16 characters.
 */
export function createSealer(secret: string, purpose: string): Sealer {
  if (secret.length < MINIMUM_SECRET_LENGTH) {
    throw new RangeError(`a sealing secret has at least ${MINIMUM_SECRET_LENGTH} characters`);
  }
  const key = Buffer.from(hkdfSync('sha256', secret, '', `suanpan:${purpose}`, KEY_BYTES));
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(plain, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${FORMAT}.${sealed.toString('base64url')}`;
    },
    open(sealed, context) {
      const [format, encoded = ''] = sealed.split('.', 2);
      const bytes = Buffer.from(encoded, 'base64url');
      if (format !== FORMAT || bytes.length < NONCE_BYTES + TAG_BYTES) {
        throw new Error('this is not a sealed text');
      }
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
      return Buffer.concat([plain, decipher.final()]).toString('utf8');
    },
  };
}

/** The SHA-256 of a text (as UTF-8) or of bytes. */
export function sha256(content: string | Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

/** The SHA-256 in lower-case hexadecimal, 64 characters. */
export function sha256Hex(content: string | Buffer): string {
  return sha256(content).toString('hex');
}

/** Compares two secrets in a time that depends neither on where they differ nor on their lengths. */
export function isEqualSecret(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}
