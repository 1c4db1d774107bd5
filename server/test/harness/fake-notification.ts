import type {
  IncomingNotification,
  NotificationReply,
  NotificationResult,
  NotificationSubject,
} from '../../src/gateways/gateway.ts';
import { MERCHANT } from './fake-facts.ts';

/** What a provider would notify of. `isForged` is refused as unverifiable. */
export interface FakeNotification {
  readonly eventId: string;
  readonly subject: NotificationSubject;
  readonly merchantAccount?: string;
  readonly isForged?: boolean;
  /** Unsigned; what it may name. */
  readonly hint?: { readonly paymentId?: string; readonly eventType?: string };
}

/** Reads what a test has put into the body. */
export async function readFakeNotification({ body }: IncomingNotification): Promise<NotificationResult> {
  const sent = JSON.parse(body.toString('utf8')) as FakeNotification;
  if (sent.isForged) {
    return { outcome: 'rejected', status: 401, reason: 'signature' };
  }
  if (sent.hint) {
    return { outcome: 'hint', reason: 'unsigned', ...sent.hint };
  }
  const { eventId, subject, merchantAccount = MERCHANT } = sent;
  return { outcome: 'verified', eventId, eventType: subject.type, merchantAccount, subject };
}

export function replyToFake(isAccepted: boolean): NotificationReply {
  return {
    status: isAccepted ? 200 : 500,
    headers: { 'content-type': 'application/json' },
    body: isAccepted ? '' : '{"code":"FAIL"}',
  };
}
