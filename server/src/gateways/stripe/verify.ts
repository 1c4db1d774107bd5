/** Whether a message comes from Stripe: an HMAC over the time and the raw bytes, under a secret that only we and Stripe have. */
import { createHmac } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { isEqualSecret } from '../../kernel/crypto.ts';
import type { IncomingNotification } from '../gateway.ts';

/** Older or newer than this is somebody who has recorded it. */
const TOLERANCE_MS = 5 * MINUTE_MS;

export type Verification =
  | { readonly isValid: true }
  | { readonly isValid: false; readonly reason: 'no_signature' | 'wrong_signature' | 'stale' };

export function signatureOf(secret: string, timestamp: string, body: Buffer): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

interface SignatureHeader {
  readonly timestamp: string;
  /** Several while the secret is being changed; other schemes than `v1` are not looked at. */
  readonly signatures: readonly string[];
}

function readHeader(header: string | string[] | undefined): SignatureHeader | undefined {
  const parts = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  const valuesOf = (name: string) =>
    parts
      .filter((part) => part.trim().startsWith(`${name}=`))
      .map((part) => part.trim().slice(name.length + 1));
  const [timestamp] = valuesOf('t');
  const signatures = valuesOf('v1');
  return timestamp !== undefined && /^\d{1,12}$/.test(timestamp) && signatures.length > 0
    ? { timestamp, signatures }
    : undefined;
}

/** Holds where any signature fits any of our secrets and the time is near; compared in constant time. */
export function verifyMessage(
  { headers, body, receivedAt }: IncomingNotification,
  secrets: readonly string[],
): Verification {
  const header = readHeader(headers['stripe-signature']);
  if (!header) {
    return { isValid: false, reason: 'no_signature' };
  }
  const expected = secrets.map((secret) => signatureOf(secret, header.timestamp, body));
  const fits = header.signatures.some((given) =>
    expected.some((signature) => isEqualSecret(given, signature)),
  );
  if (!fits) {
    return { isValid: false, reason: 'wrong_signature' };
  }
  return Math.abs(receivedAt - Number(header.timestamp) * SECOND_MS) <= TOLERANCE_MS
    ? { isValid: true }
    : { isValid: false, reason: 'stale' };
}
