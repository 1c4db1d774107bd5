/**
 * The fields of a notification, which comes as a form in the charset that one of its fields names. They are kept as bytes,
 * because the signature is over those, and made text afterwards. A `%` that begins no code is a `%`.
 */
export interface Form {
  /** `undefined` where the field is missing. */
  get(name: string): string | undefined;
  /** All fields as text. */
  toObject(): Record<string, string>;
  /** `name=value` of all fields but those named, in the order of the names, joined by `&`, in the form's own charset. */
  signedBytes(without: readonly string[]): Buffer;
}

const CHARSETS = new Set(['utf-8', 'gbk', 'gb2312', 'gb18030']);

function decodeBytes(encoded: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at += 1) {
    const code = /^%([0-9A-Fa-f]{2})/.exec(encoded.slice(at, at + 3))?.[1];
    if (code !== undefined) {
      bytes.push(Number.parseInt(code, 16));
      at += 2;
    } else {
      const character = encoded.charAt(at);
      bytes.push(character === '+' ? 0x20 : character.charCodeAt(0));
    }
  }
  return Buffer.from(bytes);
}

function parsePairs(body: Buffer): Map<string, Buffer> | undefined {
  const pairs = new Map<string, Buffer>();
  // As one character for each byte: what is not ASCII was never encoded, and stays the bytes that it is.
  for (const pair of body.toString('latin1').trim().split('&')) {
    const equals = pair.indexOf('=');
    const name = decodeBytes(equals < 0 ? pair : pair.slice(0, equals)).toString('latin1');
    if (name === '' || pairs.has(name)) {
      return undefined;
    }
    pairs.set(name, equals < 0 ? Buffer.alloc(0) : decodeBytes(pair.slice(equals + 1)));
  }
  return pairs;
}

/** `undefined` for what is no form, names a field twice or is in a charset that Alipay does not use. */
export function parseForm(body: Buffer): Form | undefined {
  const pairs = parsePairs(body);
  const charset = pairs?.get('charset')?.toString('latin1').toLowerCase() ?? 'utf-8';
  if (pairs === undefined || !CHARSETS.has(charset)) {
    return undefined;
  }
  const decoder = new TextDecoder(charset);
  const names = [...pairs.keys()].sort();
  const textOf = (name: string) => decoder.decode(pairs.get(name));
  return {
    get: (name) => (pairs.has(name) ? textOf(name) : undefined),
    toObject: () => Object.fromEntries(names.map((name) => [name, textOf(name)])),
    signedBytes(without) {
      const signed = names.filter((name) => !without.includes(name) && pairs.get(name)?.length !== 0);
      const parts = signed.flatMap((name, index) => [
        Buffer.from(`${index === 0 ? '' : '&'}${name}=`, 'latin1'),
        pairs.get(name) ?? Buffer.alloc(0),
      ]);
      return Buffer.concat(parts);
    },
  };
}
