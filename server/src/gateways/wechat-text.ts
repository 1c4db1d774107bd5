/** As many whole characters as fit into `maxBytes` of UTF-8. */
function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) {
      break;
    }
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * Takes out what WeChat Pay refuses in a text that a payer reads (characters of four bytes in UTF-8 and control
 * characters) and cuts it. WeChat Pay's limits are understood as bytes of UTF-8, the stricter reading. The same text
 * always gives the same result: a repeated request must not differ in a byte.
 */
export function toPayerText(text: string, maxBytes: number): string {
  const clean = text
    .replace(/[\u{10000}-\u{10ffff}\p{Surrogate}\p{Control}]|\u200d|\ufe0f/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return cutToBytes(clean, maxBytes).trimEnd();
}
