/**
 * The members of a JSON object as they stand in the text, byte for byte: Alipay signs the value of one member exactly as
 * it wrote it, with its escapes, spaces and order, and parsing and writing it again would give other bytes.
 */
const SPACE = /[ \t\r\n]/;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text.charAt(at))) {
    at += 1;
  }
  return at;
}

/** The index behind a string that begins at `from`; -1 when it does not end. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      at += 1;
    } else if (character === '"') {
      return at + 1;
    }
  }
  return -1;
}

/** The index behind a value that begins at `from`; -1 when it does not end. Whether it is JSON is for the parser. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at) - 1;
      if (at < 0) {
        return -1;
      }
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      if (depth === 0) {
        return at;
      }
      depth -= 1;
    } else if (character === ',' && depth === 0) {
      return at;
    }
  }
  return -1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Names and raw values of the object in `text`; `undefined` when it is no object, or names anything twice. */
export function readRawMembers(text: string): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  if (!isJson(text)) {
    return undefined;
  }
  let at = skipSpace(text, 0);
  if (text.charAt(at) !== '{') {
    return undefined;
  }
  at = skipSpace(text, at + 1);
  // The text is JSON, so that every name has its colon and every value its end.
  while (text.charAt(at) === '"') {
    const nameEnd = endOfString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const valueStart = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const valueEnd = endOfValue(text, valueStart);
    if (members.has(name)) {
      return undefined;
    }
    members.set(name, text.slice(valueStart, valueEnd).trimEnd());
    at = text.charAt(valueEnd) === ',' ? skipSpace(text, valueEnd + 1) : valueEnd;
  }
  return members;
}
