import type { NumberRange, Operator } from './operator.ts';

/** A number as its operator knows it. */
export interface OperatorNumber {
  readonly operator: Operator;
  /** Digits without the calling code. */
  readonly msisdn: string;
}

/** The mobile operators that are switched on. */
export interface OperatorRegistry {
  readonly operators: readonly Operator[];
  byName(operator: string): Operator | undefined;
  /** Whose number this is; `undefined` for one of nobody here. Blanks, dashes and the calling code may stand in it. */
  byNumber(text: string): OperatorNumber | undefined;
}

/** The digits without the calling code, or `undefined` when the operator has no such number. */
export function normaliseNumber(
  text: string,
  { callingCode, digits, prefixes }: NumberRange,
): string | undefined {
  const plain = text.trim().replaceAll(/[\s-]/g, '');
  const match = new RegExp(`^(?:(?:\\+|00)?${callingCode})?(\\d{${digits}})$`).exec(plain);
  const [, msisdn] = match ?? [];
  return msisdn !== undefined && prefixes.some((prefix) => msisdn.startsWith(prefix)) ? msisdn : undefined;
}

interface ClaimedPrefix {
  readonly digits: number;
  readonly prefix: string;
  readonly operator: string;
}

/** Throws when two operators share a name, or could both claim a number: which one is asked would be chance. */
export function createOperatorRegistry(operators: readonly Operator[]): OperatorRegistry {
  const names = new Map<string, Operator>();
  const claimed: ClaimedPrefix[] = [];
  for (const operator of operators) {
    const { operator: name, numbers } = operator.capabilities;
    if (names.has(name)) {
      throw new Error(`the operator ${name} is registered twice`);
    }
    names.set(name, operator);
    for (const prefix of numbers.prefixes) {
      // Also of another country: customers leave the calling code out.
      const other = claimed.find(
        (range) =>
          range.digits === numbers.digits &&
          (range.prefix.startsWith(prefix) || prefix.startsWith(range.prefix)),
      );
      if (other !== undefined) {
        throw new Error(`numbers that begin with ${prefix} belong to ${other.operator} and to ${name}`);
      }
      claimed.push({ digits: numbers.digits, prefix, operator: name });
    }
  }
  return {
    operators,
    byName: (name) => names.get(name),
    byNumber(text) {
      for (const operator of operators) {
        const msisdn = normaliseNumber(text, operator.capabilities.numbers);
        if (msisdn !== undefined) {
          return { operator, msisdn };
        }
      }
      return undefined;
    },
  };
}
