/** Finds the country of a network address in a file of address ranges. */

/** The country of an address as two capital letters; `null` where the file does not say. */
export type CountryOfAddress = (address: string) => string | null;

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const MAPPED = /^::ffff:(?=\d+\.)/i;
const GROUPS = 8;
/** What such files write for "unknown" and for private networks. */
const NOWHERE = new Set(['', '-', 'ZZ', 'XX']);

function toHex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0');
}

/**
 * An address as hexadecimal digits of fixed length, 8 for IPv4 and 32 for IPv6, which sort as the addresses do;
 * `undefined` for what is no address.
 */
export function toSortable(address: string): string | undefined {
  const text = (address.split('%')[0] as string).replace(MAPPED, '');
  const v4 = V4.exec(text);
  if (v4 !== null) {
    const parts = v4.slice(1).map(Number);
    return parts.some((part) => part > 255) ? undefined : parts.map((part) => toHex(part, 2)).join('');
  }
  const halves = text.split('::');
  if (!/^[\da-f:]+$/i.test(text) || !text.includes(':') || halves.length > 2) {
    return undefined;
  }
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = GROUPS - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) {
    return undefined;
  }
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))
    ? undefined
    : groups.map((group) => group.toLowerCase().padStart(4, '0')).join('');
}

interface Ranges {
  readonly firsts: string[];
  readonly lasts: string[];
  readonly countries: string[];
}

function find({ firsts, lasts, countries }: Ranges, address: string): string | null {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((firsts[middle] as string) <= address) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const index = low - 1;
  const country = index >= 0 && (lasts[index] as string) >= address ? (countries[index] as string) : '';
  return NOWHERE.has(country) ? null : country;
}

/**
 * Reads lines of `first,last,country`, quotes and further columns allowed, each family in ascending order. Throws with
 * the number of a line that is not such.
 */
export function readAddressCountries(csv: string): CountryOfAddress {
  const families = new Map<number, Ranges>([
    [8, { firsts: [], lasts: [], countries: [] }],
    [32, { firsts: [], lasts: [], countries: [] }],
  ]);
  for (const [index, line] of csv.split(/\r?\n/).entries()) {
    if (line.trim() === '') {
      continue;
    }
    const [first, last, country] = line.split(',', 3).map((cell) => cell.trim().replaceAll('"', ''));
    const from = toSortable(first ?? '');
    const to = toSortable(last ?? '');
    const ranges = families.get(from?.length ?? 0);
    const isRange = from !== undefined && to !== undefined && from.length === to.length && from <= to;
    if (!ranges || !isRange || from <= (ranges.lasts.at(-1) ?? '') || !/^[A-Z-]{0,2}$/.test(country ?? '')) {
      throw new Error(`line ${index + 1} is not first address, last address, country in ascending order`);
    }
    ranges.firsts.push(from);
    ranges.lasts.push(to);
    ranges.countries.push(country ?? '');
  }
  return (address) => {
    const sortable = toSortable(address);
    const ranges = sortable && families.get(sortable.length);
    return ranges ? find(ranges, sortable) : null;
  };
}
