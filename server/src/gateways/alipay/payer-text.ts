const MAX_CHARACTERS = 128;

/**
 * Takes out what Alipay refuses in a text that a payer reads (`/`, `=`, `&`, control characters, characters beyond the
 * basic plane) and cuts it well below the limits of every field. The same text always gives the same result.
 */
export function toPayerText(text: string): string {
  const clean = text
    .replace(/[/=&\u{10000}-\u{10ffff}\p{Surrogate}\p{Control}]|\u200d|\ufe0f/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.slice(0, MAX_CHARACTERS).trimEnd();
}
