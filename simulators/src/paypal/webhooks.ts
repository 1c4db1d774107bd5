import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Fault, numberParam, textParam } from '../faults.ts';
import { DELIVERY_FAULTS, type Notification, type NotificationChannel } from '../notifier.ts';
import type { OutgoingMessage } from '../post-message.ts';
import { randomText } from '../random.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import { DISTORTIONS, distort, isDistortion } from './distort.ts';
import { toTime } from './views.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** PayPal says 25 tries within three days and does not say when; these waits add up to that. */
export const RETRY_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[HOUR, HOUR, HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR],
  ...Array.from({ length: 12 }, () => 5 * HOUR),
];

const COMPOSE_FAULTS = [
  'forge',
  'stale_timestamp',
  'foreign_certificate',
  'missing_certificate',
  'wrong_webhook',
  'truncated',
  ...DISTORTIONS,
] as const;

export const NOTIFY_FAULTS = [...DELIVERY_FAULTS, ...COMPOSE_FAULTS] as const;

/** The checksum stands for the body in what is signed. */
export function signedText(transmissionId: string, time: string, webhookId: string, body: string): string {
  return `${transmissionId}|${time}|${webhookId}|${crc32(body)}`;
}

export const certificateUrlOf = (context: PaypalContext, name: string) =>
  `${context.baseUrl()}/v1/notifications/certs/${name}`;

function composeEvent(context: PaypalContext, notification: Notification, fault: Fault | undefined): string {
  const event = JSON.parse(notification.content) as { resource: Record<string, unknown> };
  const resource =
    fault !== undefined && isDistortion(fault.kind)
      ? distort(context, event.resource, fault)
      : event.resource;
  return JSON.stringify({ ...event, resource });
}

function compose(
  context: PaypalContext,
  notification: Notification,
  fault: Fault | undefined,
): OutgoingMessage {
  const body = composeEvent(context, notification, fault);
  const material = context.material.current();
  const [certificate] = material.certificates;
  if (certificate === undefined) {
    throw new Error('there is no certificate to sign with');
  }
  const staleMs = fault?.kind === 'stale_timestamp' ? numberParam(fault, 'seconds', 300_000) * 1000 : 0;
  const time = toTime(context.clock.signatureNow() - staleMs);
  const transmissionId = randomUUID();
  const webhookId = fault?.kind === 'wrong_webhook' ? randomText(17) : material.webhookId;
  // A forger has some key, but not that of the certificate.
  const key =
    fault?.kind === 'forge'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      : createPrivateKey(certificate.privateKeyPem);
  const text = signedText(transmissionId, time, webhookId, body);
  const certificateUrls: Readonly<Record<string, string>> = {
    foreign_certificate: fault
      ? textParam(fault, 'url', 'https://api.paypal.com.example.test/certs/CERT-1')
      : '',
    missing_certificate: certificateUrlOf(context, 'CERT-none'),
  };
  return {
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'PayPal/AUHD-214.0-58508158',
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-auth-version': 'v2',
      'paypal-cert-url': certificateUrls[fault?.kind ?? ''] ?? certificateUrlOf(context, certificate.name),
      'paypal-transmission-id': transmissionId,
      'paypal-transmission-sig': sign('sha256', Buffer.from(text), key).toString('base64'),
      'paypal-transmission-time': time,
    },
    body: fault?.kind === 'truncated' ? body.slice(0, Math.floor(body.length / 2)) : body,
  };
}

export function createNotificationChannel(context: PaypalContext): NotificationChannel {
  return {
    retryStepsMs: RETRY_STEPS_MS,
    timeoutMs: 10_000,
    composeFaults: COMPOSE_FAULTS,
    isAcknowledged: (status) => status >= 200 && status < 300,
    compose: (notification, fault) => compose(context, notification, fault),
  };
}

/** Tells the merchant's webhook of something; `subject` is the merchant's number of it. */
export function notify(
  context: PaypalContext,
  eventType: string,
  resourceType: string,
  subject: string,
  resource: object,
): void {
  const url = context.settings.current().webhookUrl;
  if (url === null) {
    return;
  }
  const id = `WH-${randomText(17, '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ')}-${randomText(17, '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ')}`;
  const content = JSON.stringify({
    id,
    event_version: '1.0',
    create_time: new Date(context.clock.now()).toISOString(),
    resource_type: resourceType,
    resource_version: '2.0',
    event_type: eventType,
    summary: `${eventType} ${subject}`,
    resource,
    links: [
      { href: `${context.baseUrl()}/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' },
    ],
  });
  context.notifier.send({ id, provider: PROVIDER, eventType, subject, url, content });
}
