/** Cuts a text to a number of characters, and never through the middle of one. */
export function toPayerText(text: string, maxCharacters: number): string {
  return Array.from(text).slice(0, maxCharacters).join('').trim();
}
