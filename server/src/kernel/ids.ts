import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RANDOM_CHARACTERS = 16;
const POOL_BYTES = 4096;

const pool = Buffer.allocUnsafe(POOL_BYTES);
let poolOffset = POOL_BYTES;

function randomByte(): number {
  if (poolOffset === POOL_BYTES) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  return pool[poolOffset++] as number;
}

function encodeTime(epochMs: number): string {
  let rest = epochMs;
  let encoded = '';
  for (let position = 0; position < 10; position += 1) {
    encoded = (ALPHABET[rest % 32] as string) + encoded;
    rest = Math.floor(rest / 32);
  }
  return encoded;
}

/** `length` random characters of Crockford's base 32 in lower case: 5 bits each, safe in URLs and at every provider. */
export function randomCode(length: number): string {
  let code = '';
  for (let position = 0; position < length; position += 1) {
    code += ALPHABET[randomByte() & 31] as string;
  }
  return code;
}

/**
 * A new sortable id such as `ord_01jd3kq2x4…`: the prefix, 10 characters of time (ms) and 16 random ones (80 bits).
 * At most 31 characters with a prefix of up to four letters, so that an id can serve as a provider's order number.
 */
export function newId(prefix: string): string {
  return `${prefix}_${encodeTime(Date.now())}${randomCode(RANDOM_CHARACTERS)}`;
}
