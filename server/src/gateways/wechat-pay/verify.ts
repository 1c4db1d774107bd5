/** Signatures that WeChat Pay makes, over answers and notifications alike; always over the raw bytes. */
import { type KeyObject, verify } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';

/** A message this old or this far ahead is a replay, or one of the two clocks is wrong. */
const MAX_SKEW_MS = 5 * MINUTE_MS;
/** WeChat Pay puts a wrong signature that begins like this on rare messages, to see whether it is noticed. */
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export type Verification =
  | { readonly isValid: true }
  | {
      readonly isValid: false;
      readonly reason: 'unsigned' | 'signature_probe' | 'stale' | 'unknown_serial' | 'bad_signature';
    };

export interface SignedMessage {
  /** Names in lower case. */
  readonly headers: Headers;
  readonly body: Buffer;
  /** When it came in (ms). */
  readonly receivedAt: number;
}

/** Answers the key of a serial number (of a platform certificate, or the id of the public key). */
export type FindKey = (serial: string) => KeyObject | undefined | Promise<KeyObject | undefined>;

interface SignatureHeaders {
  readonly timestamp: string;
  readonly nonce: string;
  readonly serial: string;
  readonly signature: string;
}

export function readSignatureHeaders(headers: Headers): SignatureHeaders | undefined {
  const read = (name: string) => {
    const value = headers[`wechatpay-${name}`];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [timestamp, nonce, serial, signature] = [
    read('timestamp'),
    read('nonce'),
    read('serial'),
    read('signature'),
  ];
  return timestamp && nonce && serial && signature ? { timestamp, nonce, serial, signature } : undefined;
}

export function signedBytes(timestamp: string, nonce: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
}

export async function verifyMessage(message: SignedMessage, findKey: FindKey): Promise<Verification> {
  const headers = readSignatureHeaders(message.headers);
  if (!headers) {
    return { isValid: false, reason: 'unsigned' };
  }
  if (headers.signature.startsWith(PROBE_PREFIX)) {
    return { isValid: false, reason: 'signature_probe' };
  }
  const signedAt = /^\d{1,12}$/.test(headers.timestamp) ? Number(headers.timestamp) * SECOND_MS : Number.NaN;
  if (!(Math.abs(message.receivedAt - signedAt) < MAX_SKEW_MS)) {
    return { isValid: false, reason: 'stale' };
  }
  const key = await findKey(headers.serial);
  if (!key) {
    return { isValid: false, reason: 'unknown_serial' };
  }
  const bytes = signedBytes(headers.timestamp, headers.nonce, message.body);
  return verify('sha256', bytes, key, Buffer.from(headers.signature, 'base64'))
    ? { isValid: true }
    : { isValid: false, reason: 'bad_signature' };
}
