/**
 * Notifications: verified over the raw bytes, decrypted, and read with the same tables as answers. Nothing is decided here
 * and nothing is applied. What can not be verified is refused, and WeChat Pay sends it again for a day; what it tells is
 * found by the queries in any case.
 */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type {
  IncomingNotification,
  NotificationReply,
  NotificationResult,
  NotificationSubject,
} from '../gateway.ts';
import { decryptResource, type EncryptedResource, encryptedResourceSchema, readApiV3Key } from './aead.ts';
import type { KeyRing } from './keys.ts';
import { readRefund } from './refund-reading.ts';
import { readTrade } from './trade.ts';
import { readSignatureHeaders, verifyMessage } from './verify.ts';

const notificationSchema = z.object({
  id: z.string().min(1).max(64),
  event_type: z.string().min(1).max(64),
  resource: encryptedResourceSchema,
});

export interface NotificationDeps {
  readonly keys: KeyRing;
  readonly apiV3Key: string;
  readonly mchid: string;
}

type Rejection = Extract<NotificationResult, { outcome: 'rejected' }>;

const rejected = (status: 400 | 401, reason: string): Rejection => ({ outcome: 'rejected', status, reason });

/** The old interface speaks XML under a key that we do not have; it can only hint that something happened. */
function isOldXml({ headers, body }: IncomingNotification): boolean {
  return (
    !readSignatureHeaders(headers) && body.subarray(0, 64).toString('utf8').trimStart().startsWith('<xml>')
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decrypt(resource: EncryptedResource, apiV3Key: KeyObject): string | undefined {
  try {
    return decryptResource(resource, apiV3Key);
  } catch {
    return undefined;
  }
}

interface Reading {
  readonly merchantAccount: string | null;
  readonly subject: NotificationSubject;
}

function readPlain(eventType: string, plain: unknown): Reading | undefined {
  if (eventType.startsWith('TRANSACTION.')) {
    const trade = readTrade(plain);
    return (
      trade && {
        merchantAccount: trade.merchantAccount,
        subject: { type: 'payment', paymentId: trade.paymentId, result: trade.result },
      }
    );
  }
  if (eventType.startsWith('REFUND.')) {
    const refund = readRefund(plain);
    return (
      refund && {
        merchantAccount: refund.merchantAccount,
        subject: {
          type: 'refund',
          refundId: refund.refundId,
          paymentId: refund.paymentId,
          result: refund.result,
        },
      }
    );
  }
  return { merchantAccount: null, subject: { type: 'other' } };
}

export function createParseNotification({ keys, apiV3Key: given, mchid }: NotificationDeps) {
  const apiV3Key = readApiV3Key(given);
  return async (notification: IncomingNotification): Promise<NotificationResult> => {
    if (isOldXml(notification)) {
      return { outcome: 'hint', reason: 'v2_xml' };
    }
    const verification = await verifyMessage(notification, keys.find);
    if (!verification.isValid) {
      return rejected(401, verification.reason);
    }
    const { data: envelope } = notificationSchema.safeParse(parseJson(notification.body.toString('utf8')));
    if (!envelope) {
      return rejected(400, 'malformed');
    }
    const plain = decrypt(envelope.resource, apiV3Key);
    if (plain === undefined) {
      return rejected(400, 'undecryptable');
    }
    const reading = readPlain(envelope.event_type, parseJson(plain));
    if (!reading) {
      return rejected(400, 'malformed_resource');
    }
    return {
      outcome: 'verified',
      eventId: envelope.id,
      eventType: envelope.event_type,
      merchantAccount: reading.merchantAccount ?? mchid,
      subject: reading.subject,
    };
  };
}

/** Within five seconds WeChat Pay wants 204 without a body, or it sends the notification again. */
export function replyTo(isAccepted: boolean): NotificationReply {
  return isAccepted
    ? { status: 204, headers: {}, body: '' }
    : {
        status: 500,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: 'FAIL', message: 'not stored, please send it again' }),
      };
}
