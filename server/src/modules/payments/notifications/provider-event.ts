/** A notification on its way through, and what becomes of it. */
import type { IncomingNotification, NotificationSubject } from '../../../gateways/gateway.ts';
import { newId } from '../../../kernel/ids.ts';
import { initialVersion } from '../../../kernel/states.ts';
import type { NotificationOutcome } from '../deps.ts';
import type { ProviderEventRow } from '../tables.ts';
import { type ProviderEventState, providerEventMachine } from './provider-event-states.ts';

const KEPT_HEADER = /^(?:wechatpay-|alipay-|stripe-|paypal-|request-id$|content-type$|user-agent$)/;

export interface EventFacts {
  /** Our id of the event. */
  readonly id: string;
  readonly provider: string;
  readonly merchantAccount: string;
  readonly subject: NotificationSubject;
}

export interface Judgement {
  readonly state: Exclude<ProviderEventState, 'stored'>;
  readonly reason: string | null;
  /** False lets the provider send it again. */
  readonly isAccepted: boolean;
}

/** What was made of a notification: whether its provider may forget it, and the word for metrics. */
export interface Outcome {
  readonly isAccepted: boolean;
  readonly outcome: NotificationOutcome['outcome'];
}

/** What is written down of a notification, besides what came in. */
export interface EventContent {
  readonly state: ProviderEventState;
  readonly reason: string | null;
  readonly merchantAccount: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subject: NotificationSubject;
}

/** The row of the inbox. */
export function toRow(
  provider: string,
  incoming: IncomingNotification,
  event: EventContent,
): ProviderEventRow {
  const headers = Object.entries(incoming.headers).filter(([name]) => KEPT_HEADER.test(name));
  return {
    id: newId('pev'),
    version: initialVersion(providerEventMachine),
    state: event.state,
    provider,
    merchant_account: event.merchantAccount,
    event_id: event.eventId,
    event_type: event.eventType,
    subject_id: subjectIdOf(event.subject),
    // The payer is nobody's business here; the raw body, which is encrypted by the provider, has it.
    subject: JSON.stringify(event.subject, (key, value: unknown) => (key === 'payer' ? null : value)),
    headers: JSON.stringify(Object.fromEntries(headers)),
    body: incoming.body,
    reason: event.reason,
    error: null,
    received_at: incoming.receivedAt,
    updated_at: incoming.receivedAt,
  };
}

/** The payment's or refund's number in it. */
export function subjectIdOf(subject: NotificationSubject): string | null {
  switch (subject.type) {
    case 'payment':
      return subject.paymentId;
    case 'refund':
      return subject.refundId;
    case 'dispute':
      return subject.facts.disputeId;
    case 'other':
      return null;
  }
}
