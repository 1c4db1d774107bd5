/**
 * Notifications: verified over the raw bytes and read with the same tables as answers. Nothing is decided here and nothing is
 * applied. What can not be verified for now comes again for three days; what it tells is found by the queries in any case.
 */
import { z } from 'zod';
import type {
  IncomingNotification,
  NotificationReply,
  NotificationResult,
  NotificationSubject,
} from '../gateway.ts';
import { readDispute } from './dispute.ts';
import { captureSchema, readOrder, resultOfCapture } from './order.ts';
import { readRefund, splitCustomId } from './refund-reading.ts';
import { type VerifySignature, verifyNotification } from './verify.ts';

type ResourceKind = 'order' | 'capture' | 'authorisation' | 'refund' | 'dispute';

/**
 * The events that tell of money, and what each carries. The money of a reversal (PAYMENT.CAPTURE.REVERSED) is told by the
 * movements of its dispute, and by the day's report; taking it in here as well would count it twice.
 */
export const EVENTS: Readonly<Record<string, ResourceKind>> = {
  'CHECKOUT.ORDER.APPROVED': 'order',
  'CHECKOUT.ORDER.COMPLETED': 'order',
  'CHECKOUT.ORDER.VOIDED': 'order',
  'PAYMENT.AUTHORIZATION.CREATED': 'authorisation',
  'PAYMENT.AUTHORIZATION.VOIDED': 'authorisation',
  'PAYMENT.CAPTURE.COMPLETED': 'capture',
  'PAYMENT.CAPTURE.PENDING': 'capture',
  'PAYMENT.CAPTURE.DECLINED': 'capture',
  'PAYMENT.CAPTURE.DENIED': 'capture',
  'PAYMENT.CAPTURE.REFUNDED': 'refund',
  'PAYMENT.REFUND.PENDING': 'refund',
  'PAYMENT.REFUND.FAILED': 'refund',
  'CUSTOMER.DISPUTE.CREATED': 'dispute',
  'CUSTOMER.DISPUTE.UPDATED': 'dispute',
  'CUSTOMER.DISPUTE.RESOLVED': 'dispute',
};

const eventSchema = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string().min(1).max(64),
  resource: z.record(z.string(), z.unknown()),
});

interface Reading {
  readonly merchantAccount: string;
  readonly subject: NotificationSubject;
}

export interface NotificationDeps {
  readonly verifySignature: VerifySignature;
  readonly merchantId: string;
}

type Rejection = Extract<NotificationResult, { outcome: 'rejected' }>;

const rejected = (status: 400 | 401, reason: string): Rejection => ({ outcome: 'rejected', status, reason });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function readOrderEvent(resource: unknown, merchantId: string): Reading | undefined {
  const order = readOrder(resource, merchantId);
  return (
    order && {
      merchantAccount: order.parties.merchantAccount,
      subject: { type: 'payment', paymentId: order.paymentId, result: order.result },
    }
  );
}

/** A capture of a hold is a part of what the attempt takes in all: `hint`, for the order has to be asked. */
function readCaptureEvent(resource: unknown, merchantId: string): Reading | { hint: string } | undefined {
  const { data: capture } = captureSchema.safeParse(resource);
  if (!capture || capture.custom_id === undefined) {
    return undefined;
  }
  const { paymentId } = splitCustomId(capture.custom_id);
  const { order_id: orderId, authorization_id } = capture.supplementary_data?.related_ids ?? {};
  if (authorization_id !== undefined || orderId === undefined) {
    return { hint: paymentId };
  }
  const merchantAccount = capture.payee?.merchant_id ?? merchantId;
  const result = resultOfCapture(capture, { merchantAccount, payer: null }, orderId);
  return { merchantAccount, subject: { type: 'payment', paymentId, result } };
}

function readRefundEvent(resource: unknown, merchantId: string): Reading | undefined {
  const refund = readRefund(resource);
  if (!refund) {
    return undefined;
  }
  const { refundId, paymentId, result } = refund;
  return {
    merchantAccount: refund.merchantAccount ?? merchantId,
    subject: { type: 'refund', refundId, paymentId, result },
  };
}

function readResource(kind: ResourceKind, resource: Record<string, unknown>, merchantId: string) {
  switch (kind) {
    case 'order':
      return readOrderEvent(resource, merchantId);
    case 'capture':
      return readCaptureEvent(resource, merchantId);
    case 'authorisation':
      return typeof resource.custom_id === 'string'
        ? { hint: splitCustomId(resource.custom_id).paymentId }
        : undefined;
    case 'refund':
      return readRefundEvent(resource, merchantId);
    case 'dispute': {
      const facts = readDispute(resource, merchantId);
      const subject: NotificationSubject | undefined = facts && { type: 'dispute', facts };
      return facts && subject && { merchantAccount: facts.merchantAccount, subject };
    }
  }
}

export function createParseNotification({ verifySignature, merchantId }: NotificationDeps) {
  return async (notification: IncomingNotification): Promise<NotificationResult> => {
    const json = parseJson(notification.body);
    if (typeof json !== 'object' || json === null) {
      return rejected(400, 'malformed');
    }
    const verification = await verifyNotification(notification, verifySignature);
    if (verification.outcome !== 'valid') {
      return verification.outcome === 'invalid'
        ? rejected(401, verification.reason)
        : { outcome: 'unverified', reason: verification.reason };
    }
    const { data: event } = eventSchema.safeParse(json);
    if (!event) {
      return rejected(400, 'malformed');
    }
    const kind = Object.hasOwn(EVENTS, event.event_type) ? EVENTS[event.event_type] : undefined;
    const reading = kind && readResource(kind, event.resource, merchantId);
    if (reading && 'hint' in reading) {
      return { outcome: 'hint', reason: event.event_type, paymentId: reading.hint };
    }
    return {
      outcome: 'verified',
      eventId: event.id,
      eventType: event.event_type,
      merchantAccount: reading?.merchantAccount ?? merchantId,
      // What carries no number of ours was sold by another program of the same merchant.
      subject: reading?.subject ?? { type: 'other' },
    };
  };
}

/** PayPal wants a 2xx, or sends it again: up to 25 times within three days. */
export function replyTo(isAccepted: boolean): NotificationReply {
  return { status: isAccepted ? 200 : 500, headers: {}, body: '' };
}
