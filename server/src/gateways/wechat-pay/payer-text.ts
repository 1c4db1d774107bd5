/**
 * Takes out what WeChat Pay refuses in a text that a payer reads (characters of four bytes in UTF-8 and control
 * characters) and cuts it. The same text always gives the same result: a repeated request must not differ in a byte.
 */
export function toPayerText(text: string, maxLength: number): string {
  return text
    .replace(/[\u{10000}-\u{10ffff}\p{Surrogate}\p{Control}]|\u200d|\ufe0f/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxLength)
    .trimEnd();
}
