import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const COUNTER_CHARACTERS = 8;
const RANDOM_CHARACTERS = 8;
/** Half of what the counter's characters can say: the rest is for counting on within one millisecond. */
const FIRST_COUNT_BELOW = 2 ** 39;
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

function encode(value: number, length: number): string {
  let rest = value;
  let encoded = '';
  for (let position = 0; position < length; position += 1) {
    encoded = (ALPHABET[rest % 32] as string) + encoded;
    rest = Math.floor(rest / 32);
  }
  return encoded;
}

function randomBelow(limit: number): number {
  let value = 0;
  for (let reached = 1; reached < limit; reached *= 256) {
    value = value * 256 + randomByte();
  }
  return value % limit;
}

/** `length` random characters of Crockford's base 32 in lower case: 5 bits each, safe in URLs and at every provider. */
export function randomCode(length: number): string {
  let code = '';
  for (let position = 0; position < length; position += 1) {
    code += ALPHABET[randomByte() & 31] as string;
  }
  return code;
}

let lastMs = 0;
let counter = 0;

/**
 * A new sortable id such as `ord_01jd3kq2x4…`: the prefix, 10 characters of time (ms), 8 of a counter that begins anywhere
 * in each millisecond, and 8 random ones. Ids of one process sort in the order in which they were made; what is written
 * together stays together in an index, and rows of the same moment are listed as they came. At most 31 characters with a
 * prefix of up to four letters, so that an id can serve as a provider's order number.
 */
export function newId(prefix: string): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = randomBelow(FIRST_COUNT_BELOW);
  } else {
    // Also when the clock is set back: what was made later sorts later.
    counter += 1;
  }
  const time = encode(lastMs, TIME_CHARACTERS);
  return `${prefix}_${time}${encode(counter, COUNTER_CHARACTERS)}${randomCode(RANDOM_CHARACTERS)}`;
}
