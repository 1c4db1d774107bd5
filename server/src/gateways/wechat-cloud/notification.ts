/**
 * Callbacks. They are not signed, so nothing in one is believed but the number that it names, and that only as a hint to ask
 * about it: whoever can reach the address could have written the rest.
 */
import { z } from 'zod';
import type { IncomingNotification, NotificationReply, NotificationResult } from '../gateway.ts';

const number = z.string().regex(/^[0-9A-Za-z_-]{6,64}$/);

const callbackSchema = z.object({
  outTradeNo: number.optional(),
  outRefundNo: number.optional(),
  refundId: number.optional(),
  // A refund's facts come sealed with a key that only the platform has.
  reqInfo: z.string().optional(),
});

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

export async function parseNotification({ body }: IncomingNotification): Promise<NotificationResult> {
  const { data: callback } = callbackSchema.safeParse(parseJson(body));
  const { outTradeNo, ...refund } = callback ?? {};
  const isRefund = Object.values(refund).some((value) => value !== undefined);
  if (outTradeNo === undefined) {
    return isRefund
      ? { outcome: 'hint', reason: 'unsigned' }
      : { outcome: 'rejected', status: 400, reason: 'malformed' };
  }
  const eventType = isRefund ? 'REFUND' : 'PAYMENT';
  return { outcome: 'hint', reason: 'unsigned', paymentId: outTradeNo, eventType };
}

/** Anything but `errcode` 0 brings the callback again, for two days at most. */
export function replyTo(isAccepted: boolean): NotificationReply {
  return {
    status: isAccepted ? 200 : 500,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      isAccepted ? { errcode: 0, errmsg: 'ok' } : { errcode: 1, errmsg: 'not taken, please send it again' },
    ),
  };
}
