/** Whether a notification is PayPal's: by its signature, checked here, or by asking PayPal. Always over the raw bytes. */
import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { IncomingNotification } from '../gateway.ts';
import type { Certificates } from './certificates.ts';
import type { PaypalClient } from './client.ts';

/**
 * PayPal repeats a notification for three days, and it is not said whether the time in its signature is that of the first
 * try. Within these days the event's id, which is taken in once, keeps a replay from doing anything.
 */
const MAX_AGE_MS = 3 * DAY_MS + HOUR_MS;
const MAX_AHEAD_MS = 5 * MINUTE_MS;

export type Verification =
  | { readonly outcome: 'valid' }
  | { readonly outcome: 'invalid'; readonly reason: string }
  /** Nobody could say for now. */
  | { readonly outcome: 'unverified'; readonly reason: string };

export interface Transmission {
  readonly id: string;
  readonly time: string;
  readonly signature: string;
  readonly certificateUrl: string;
  readonly algorithm: string;
}

export type VerifySignature = (transmission: Transmission, body: Buffer) => Promise<Verification>;

const invalid = (reason: string): Verification => ({ outcome: 'invalid', reason });

function readTransmission(headers: IncomingNotification['headers']): Transmission | undefined {
  const read = (name: string) => {
    const value = headers[`paypal-${name}`];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [id, time, signature] = [
    read('transmission-id'),
    read('transmission-time'),
    read('transmission-sig'),
  ];
  const [certificateUrl, algorithm] = [read('cert-url'), read('auth-algo')];
  return id && time && signature && certificateUrl && algorithm
    ? { id, time, signature, certificateUrl, algorithm }
    : undefined;
}

/** What PayPal signs: the checksum stands for the body. */
export function signedText(
  { id, time }: Pick<Transmission, 'id' | 'time'>,
  webhookId: string,
  body: Buffer,
): string {
  return `${id}|${time}|${webhookId}|${crc32(body)}`;
}

export function createOfflineVerification(webhookId: string, certificates: Certificates): VerifySignature {
  return async (transmission, body) => {
    if (transmission.algorithm !== 'SHA256withRSA') {
      return invalid('unknown_algorithm');
    }
    const found = await certificates.find(transmission.certificateUrl);
    if (found.kind !== 'key') {
      return found.kind === 'refused'
        ? invalid(found.reason)
        : { outcome: 'unverified', reason: found.reason };
    }
    const text = Buffer.from(signedText(transmission, webhookId, body));
    return verify('sha256', text, found.key, Buffer.from(transmission.signature, 'base64'))
      ? { outcome: 'valid' }
      : invalid('bad_signature');
  };
}

/** PayPal compares the event as it was sent, so its bytes are put into the question as they came. */
export function buildVerificationBody(transmission: Transmission, webhookId: string, body: Buffer): string {
  const question = JSON.stringify({
    auth_algo: transmission.algorithm,
    cert_url: transmission.certificateUrl,
    transmission_id: transmission.id,
    transmission_sig: transmission.signature,
    transmission_time: transmission.time,
    webhook_id: webhookId,
  });
  return `${question.slice(0, -1)},"webhook_event":${body.toString('utf8')}}`;
}

export function createOnlineVerification(webhookId: string, client: PaypalClient): VerifySignature {
  return async (transmission, body) => {
    const answer = await client.call({
      operation: 'verify_webhook',
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      body: buildVerificationBody(transmission, webhookId, body),
      isSafeToRepeat: true,
      timeoutMs: 5_000,
    });
    if (answer.kind !== 'done') {
      return { outcome: 'unverified', reason: answer.reason.code };
    }
    const { verification_status: status } = (answer.body ?? {}) as { verification_status?: unknown };
    return status === 'SUCCESS' ? { outcome: 'valid' } : invalid('bad_signature');
  };
}

/** Headers and time first, then the signature. `body` must be JSON. */
export async function verifyNotification(
  { headers, body, receivedAt }: IncomingNotification,
  verifySignature: VerifySignature,
): Promise<Verification> {
  const transmission = readTransmission(headers);
  if (!transmission) {
    return invalid('unsigned');
  }
  const sentAt = Date.parse(transmission.time);
  if (!(receivedAt - sentAt < MAX_AGE_MS && sentAt - receivedAt < MAX_AHEAD_MS)) {
    return invalid('stale');
  }
  return verifySignature(transmission, body);
}
