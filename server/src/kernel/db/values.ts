/** Reads an integer that a driver handed over as text; refuses what JavaScript could not hold exactly. */
export function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${text} is beyond the integers that are exact (2^53)`);
  }
  return value;
}

/**
 * What every engine gets as the value of a parameter: text, bytes, null, or an integer (RULES 25). Refuses floats, what
 * is beyond 2^53, and undefined, which two of the drivers would take for NULL.
 */
export function toParameter(value: unknown): string | number | Uint8Array | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      if (!Number.isSafeInteger(value)) {
        throw new RangeError(`${value} is not an integer and can not be stored`);
      }
      return value;
    case 'boolean':
      return value ? 1 : 0;
    default:
      if (value === null || value instanceof Uint8Array) {
        return value;
      }
      throw new TypeError(`a value of type ${typeof value} can not be stored; say null for nothing`);
  }
}
