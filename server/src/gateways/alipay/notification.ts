/**
 * Notifications: verified over their bytes and read with the same table as answers. Nothing is decided here and nothing is
 * applied. A refund's notification names only the sum of all refunds of the trade, so that what this one returned is asked
 * for; where Alipay does not answer that, the notification is to come again. What can not be verified is refused, and
 * Alipay sends it again for a day; what it tells is found by the queries in any case.
 */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import type {
  IncomingNotification,
  NotificationReply,
  NotificationResult,
  NotificationSubject,
} from '../gateway.ts';
import { type Form, parseForm } from './form.ts';
import type { FindRefund } from './refund-reading.ts';
import { readAmount, readTrade, type Trade, tradeSchema } from './trade.ts';
import { type FindKey, isSigned } from './verify.ts';

const QUERY_DEADLINE_MS = 5 * SECOND_MS;

const headSchema = z.object({
  notify_id: z.string().min(1).max(128),
  notify_type: z.string().min(1).max(64),
  app_id: z.string().min(1),
});

const tradeNotificationSchema = tradeSchema.extend({
  seller_id: z.string().min(1),
  /** The request number of a refund. */
  out_biz_no: z.string().optional(),
  /** The sum of all refunds so far. */
  refund_fee: z.string().optional(),
  gmt_refund: z.string().optional(),
});

type TradeNotification = z.infer<typeof tradeNotificationSchema>;

export interface NotificationDeps {
  readonly findKey: FindKey;
  readonly findRefund: FindRefund;
  readonly sellerId: string;
}

type Rejection = Extract<NotificationResult, { outcome: 'rejected' }>;

const rejected = (status: 400 | 401, reason: string): Rejection => ({ outcome: 'rejected', status, reason });

/** What is wrong with the signature; `undefined` when it holds. Some notifications sign `sign_type` too, most do not. */
function findFlaw(form: Form, findKey: FindKey): string | undefined {
  const signature = form.get('sign');
  if (!signature) {
    return 'unsigned';
  }
  if (form.get('sign_type') !== 'RSA2') {
    return 'unknown_sign_type';
  }
  const key = findKey(form.get('alipay_cert_sn'));
  if (!key) {
    return 'unknown_serial';
  }
  const isGenuine = [['sign', 'sign_type'], ['sign']].some((without) =>
    isSigned(form.signedBytes(without), signature, key),
  );
  return isGenuine ? undefined : 'bad_signature';
}

/** A refund leaves the trade paid, or closes it: the status alone would read like a new payment, or like none. */
function isAboutRefund(notification: TradeNotification): boolean {
  const hasRefund =
    notification.out_biz_no !== undefined ||
    notification.gmt_refund !== undefined ||
    (readAmount(notification.refund_fee)?.amount ?? 0) > 0;
  return hasRefund && notification.trade_status !== 'TRADE_FINISHED';
}

export function createParseNotification({ findKey, findRefund, sellerId }: NotificationDeps) {
  async function readRefund(notification: TradeNotification): Promise<NotificationSubject | undefined> {
    const paymentId = notification.out_trade_no;
    // A cancel that returned the money has no number of its own.
    const refundId = notification.out_biz_no ?? paymentId;
    const found = await findRefund({ paymentId, requestNumber: refundId }, QUERY_DEADLINE_MS);
    if (found.outcome !== 'succeeded') {
      return undefined;
    }
    const facts = { ...found.facts, merchantAccount: notification.seller_id };
    return { type: 'refund', refundId, paymentId, result: { outcome: 'succeeded', facts } };
  }

  function readPayment(trade: Trade, appId: string, seller: string): NotificationSubject {
    const result = readTrade(trade, { appId, sellerId: seller });
    return { type: 'payment', paymentId: trade.out_trade_no, result };
  }

  return async ({ body }: IncomingNotification): Promise<NotificationResult> => {
    const form = parseForm(body);
    if (!form) {
      return rejected(400, 'malformed');
    }
    const flaw = findFlaw(form, findKey);
    if (flaw !== undefined) {
      return rejected(401, flaw);
    }
    const fields = form.toObject();
    const { data: head } = headSchema.safeParse(fields);
    if (!head) {
      return rejected(400, 'malformed');
    }
    const event = { outcome: 'verified', eventId: head.notify_id } as const;
    if (head.notify_type !== 'trade_status_sync') {
      const eventType = head.notify_type;
      return { ...event, eventType, merchantAccount: sellerId, subject: { type: 'other' } };
    }
    const { data: notification } = tradeNotificationSchema.safeParse(fields);
    if (!notification) {
      return rejected(400, 'malformed_trade');
    }
    const merchantAccount = notification.seller_id;
    if (!isAboutRefund(notification) || merchantAccount !== sellerId) {
      const subject = readPayment(notification, head.app_id, merchantAccount);
      return { ...event, eventType: notification.trade_status, merchantAccount, subject };
    }
    const subject = await readRefund(notification);
    return subject === undefined
      ? { outcome: 'unverified', reason: 'refund_not_confirmed' }
      : { ...event, eventType: 'REFUND', merchantAccount, subject };
  };
}

/** Alipay reads the body: `success` and nothing else, or it sends the notification again. */
export function replyTo(isAccepted: boolean): NotificationReply {
  return {
    status: isAccepted ? 200 : 500,
    headers: { 'content-type': 'text/plain' },
    body: isAccepted ? 'success' : 'fail',
  };
}
