/**
 * The code that a payer writes into the purpose of a transfer. Eleven characters of the attempt's id (55 random bits) and
 * a check character, in Crockford's base 32, which has no letter that is taken for a digit. The check is a polynomial
 * over GF(32) with a root at its generator: it finds every single wrong character and every two that changed places.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const DATA_LENGTH = 11;
const CODE_LENGTH = DATA_LENGTH + 1;
const GROUP_LENGTH = 4;
/** x⁵ + x² + 1. */
const FIELD_POLYNOMIAL = 0b100101;

function timesGenerator(value: number): number {
  const doubled = value << 1;
  return doubled > 31 ? doubled ^ FIELD_POLYNOMIAL : doubled;
}

/** The polynomial whose coefficients are the characters, at the generator; `undefined` for a foreign character. */
function evaluate(code: string): number | undefined {
  let sum = 0;
  for (const character of code) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) {
      return undefined;
    }
    sum = timesGenerator(sum) ^ value;
  }
  return sum;
}

/** The code of an attempt, without separators: always the same for the same attempt. Throws for an id that is none of ours. */
export function toRemittanceCode(paymentId: string): string {
  const data = paymentId.slice(-DATA_LENGTH).toUpperCase();
  const sum = evaluate(data);
  if (sum === undefined || data.length !== DATA_LENGTH) {
    throw new RangeError(`${paymentId} gives no remittance code`);
  }
  return data + (ALPHABET[timesGenerator(sum)] as string);
}

/** As people read and type it: `K7QF-2M9X-TR4C`. */
export function formatRemittanceCode(code: string): string {
  return (code.match(new RegExp(`.{1,${GROUP_LENGTH}}`, 'g')) ?? []).join('-');
}

/**
 * Every code that stands in a text, whatever its case and however it is broken by spaces, line ends, dashes and dots;
 * `O`, `I` and `L` are read as the digits that they are taken for. Beside a right code, others may pass the check by
 * chance (1 of 32 places): only one that some attempt bears means anything.
 */
export function findRemittanceCodes(text: string): string[] {
  const found = new Set<string>();
  const plain = text.normalize('NFKC').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  for (const run of plain.replace(/[\s._/\p{Dash}]+/gu, '').match(/[0-9A-Z]+/g) ?? []) {
    for (let at = 0; at + CODE_LENGTH <= run.length; at += 1) {
      const window = run.slice(at, at + CODE_LENGTH);
      if (evaluate(window) === 0) {
        found.add(window);
      }
    }
  }
  return [...found];
}
