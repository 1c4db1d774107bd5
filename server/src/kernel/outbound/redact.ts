/** What is kept of a call for people to read: secrets and personal data masked wherever they stand, and never more than 8 kB. */

const MAX_KEPT_CHARACTERS = 8_192;
const MAX_PARSED_BYTES = 65_536;
const MAX_DEPTH = 12;
const MASK = '[redacted]';

const SENSITIVE_FIELD =
  /secret|passw|token|authorization|credential|cookie|session_?key|open_?id|union_?id|phone|mobile|^tel|e?mail$|card|cvc|cvv|identity|real_?name|(payer|user|receiver|buyer|holder)_?name|account_?(no|number)|iban|address|street|js_?code|private|api_?(v3_?)?key|birth/i;
const SENSITIVE_HEADER = /auth|cookie|secret|token|signature|api-?key/i;
/** One-time codes stand under this name in addresses; in bodies it is the code of an error. */
const SENSITIVE_QUERY = /^(code|appsecret|key|sig|signature)$/i;

type IsSensitive = (field: string) => boolean;

function sensitiveWith(further: readonly string[] = []): IsSensitive {
  const names = new Set(further.map((name) => name.toLowerCase()));
  return (field) => SENSITIVE_FIELD.test(field) || names.has(field.toLowerCase());
}

function maskValue(value: unknown, isSensitive: IsSensitive, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    return MASK;
  }
  if (typeof value === 'string') {
    return maskNestedJson(value, isSensitive, depth);
  }
  if (Array.isArray(value)) {
    return value.map((item) => maskValue(item, isSensitive, depth + 1));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([field, inner]) => [
        field,
        isSensitive(field) && inner !== null ? MASK : maskValue(inner, isSensitive, depth + 1),
      ]),
    );
  }
  return value;
}

/** Some providers put JSON into a string of JSON or of a form. */
function maskNestedJson(text: string, isSensitive: IsSensitive, depth: number): string {
  const parsed = parseJson(text);
  return parsed === undefined ? text : JSON.stringify(maskValue(parsed, isSensitive, depth + 1));
}

function parseJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) {
    return undefined;
  }
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function maskForm(text: string, isSensitive: IsSensitive): string {
  const form = new URLSearchParams(text);
  for (const [name, value] of [...form]) {
    form.set(name, isSensitive(name) ? MASK : maskNestedJson(value, isSensitive, 0));
  }
  return form.toString();
}

function maskXml(text: string, isSensitive: IsSensitive): string {
  return text.replace(/<([\w:-]+)>([^<]*|<!\[CDATA\[[\s\S]*?\]\]>)<\/\1>/g, (element, name: string) =>
    isSensitive(name) ? `<${name}>${MASK}</${name}>` : element,
  );
}

/** PostgreSQL takes no NUL in a text. */
function keep(text: string): string {
  return text.replaceAll('\0', '').slice(0, MAX_KEPT_CHARACTERS);
}

/** The address with its secrets masked. */
export function redactUrl(address: string, further?: readonly string[]): string {
  const isSensitive = sensitiveWith(further);
  const url = new URL(address);
  url.username &&= MASK;
  url.password &&= MASK;
  for (const name of [...url.searchParams.keys()]) {
    if (isSensitive(name) || SENSITIVE_QUERY.test(name)) {
      url.searchParams.set(name, MASK);
    }
  }
  return keep(url.href);
}

/** The headers with their secrets masked. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SENSITIVE_HEADER.test(name) ? MASK : value]),
  );
}

/** The body as text with its secrets masked; only its size where it is not JSON, a form, XML or plain text. */
export function redactBody(
  body: string | Buffer,
  contentType: string | undefined,
  further?: readonly string[],
): string {
  const size = `[${Buffer.byteLength(body)} bytes of ${contentType ?? 'an unnamed type'}]`;
  if (body.length > MAX_PARSED_BYTES) {
    return size;
  }
  const text = body.toString();
  const isSensitive = sensitiveWith(further);
  const parsed = parseJson(text);
  if (parsed !== undefined) {
    return keep(JSON.stringify(maskValue(parsed, isSensitive, 0)));
  }
  if (contentType?.includes('x-www-form-urlencoded')) {
    return keep(maskForm(text, isSensitive));
  }
  if (contentType?.includes('xml') || /^\s*<xml/.test(text)) {
    return keep(maskXml(text, isSensitive));
  }
  return /^text\/(plain|html)/.test(contentType ?? '') && text.length < 2_000 ? keep(text) : size;
}
