import { randomBytes } from 'node:crypto';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const DIGITS = '0123456789';

/** Random characters of the alphabet, evenly distributed. */
export function randomText(length: number, alphabet = ALPHANUMERIC): string {
  // 256 is not a multiple of most alphabets: bytes past the last whole multiple are thrown away.
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && text.length < length) {
        text += alphabet.charAt(byte % alphabet.length);
      }
    }
  }
  return text;
}

export function randomDigits(length: number): string {
  return randomText(length, DIGITS);
}

export function randomHex(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
}

/** A number of the shape of a mainland mobile number. */
export function randomPhone(): string {
  return `19900${randomDigits(6)}`;
}

export function newId(prefix: string): string {
  return `${prefix}_${randomText(16)}`;
}
