import { createHmac } from 'node:crypto';
import { type Fault, numberParam, textParam } from '../faults.ts';
import { DELIVERY_FAULTS, type NotificationChannel } from '../notifier.ts';
import type { StripeContext } from './context.ts';
import { DISTORTIONS, distort } from './distort.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** About three days, ever more slowly, as Stripe describes it without naming the steps. */
const RETRY_STEPS_MS = [
  ...[5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR],
  ...[12 * HOUR, 12 * HOUR, 12 * HOUR],
] as const;

const COMPOSE_FAULTS = [
  'forge',
  'stale_timestamp',
  'truncated',
  'wrong_account',
  'wrong_mode',
  ...DISTORTIONS,
] as const;

export const NOTIFY_FAULTS = [...DELIVERY_FAULTS, ...COMPOSE_FAULTS] as const;

function spoil(content: string, fault: Fault | undefined): string {
  const event = JSON.parse(content) as Record<string, unknown>;
  switch (fault?.kind) {
    case 'wrong_account':
      return JSON.stringify({ ...event, account: textParam(fault, 'account', 'acct_1Somebody0Else00') });
    case 'wrong_mode':
      return JSON.stringify({ ...event, livemode: true });
    case 'wrong_amount':
    case 'wrong_currency':
      return JSON.stringify({ ...event, data: distort(event.data, fault) });
    case 'truncated':
      return content.slice(0, Math.floor(content.length / 2));
    default:
      return content;
  }
}

function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest('hex');
}

/** Signed under the endpoint's secret; under the next one as well while it is being rolled. */
export function createWebhookChannel({ account, clock }: StripeContext): NotificationChannel {
  return {
    retryStepsMs: RETRY_STEPS_MS,
    timeoutMs: 10_000,
    composeFaults: COMPOSE_FAULTS,
    isAcknowledged: (status) => status >= 200 && status < 300,
    compose(notification, fault) {
      const body = spoil(notification.content, fault);
      const age = fault?.kind === 'stale_timestamp' ? numberParam(fault, 'seconds', 600) : 0;
      const timestamp = String(Math.floor(clock.signatureNow() / 1000) - age);
      const { webhookSecret, nextWebhookSecret } = account.material();
      const secrets = fault?.kind === 'forge' ? ['whsec_forged'] : [webhookSecret, nextWebhookSecret];
      const signatures = secrets
        .filter((secret) => secret !== null)
        .map((secret) => `v1=${sign(secret, timestamp, body)}`);
      return {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': [`t=${timestamp}`, ...signatures].join(','),
        },
        body,
      };
    },
  };
}
