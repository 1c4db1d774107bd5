/** Reads an integer that a driver handed over as text; refuses what JavaScript could not hold exactly. */
export function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${text} is beyond the integers that are exact (2^53)`);
  }
  return value;
}
