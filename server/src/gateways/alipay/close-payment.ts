/**
 * Closing, which at Alipay depends on whether a trade is there yet: a trade is made when the payer scans the code or opens
 * the page, and only then can it be closed.
 *
 * A code that nobody has scanned is cancelled: that kills the code. It is asked for only after a close has found no trade,
 * because a cancel of a paid trade returns the money; should the payer be faster all the same, the answer says so
 * (`already_paid`), and the query that follows tells of the payment and of its return. A page that nobody has opened can
 * not be closed by anything; it is dead once its own expiry has passed.
 *
 * Every call here may be repeated, and the process may die between any two: the next close begins anew and finds the trade
 * closed, returned or still open.
 */
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { ClosePaymentResult, GatewayReason, KnownPayment, PaymentRequest } from '../gateway.ts';
import type { AlipayClient } from './client.ts';
import { MALFORMED_ANSWER } from './errors.ts';
import { methodOf } from './methods.ts';
import type { QueryPayment } from './query-payment.ts';

/** Alipay's clock and ours may differ, and a page that was opened in the last second is paid a little later. */
const GRACE_MS = 2 * MINUTE_MS;

export interface ClosePaymentDeps {
  readonly client: AlipayClient;
  readonly queryPayment: QueryPayment;
  readonly clock: Clock;
}

export type ClosePayment = (payment: KnownPayment | PaymentRequest) => Promise<ClosePaymentResult>;

const cancelSchema = z.object({
  retry_flag: z.string().optional(),
  /** Absent where there was nothing to close. */
  action: z.string().optional(),
});

export function createClosePayment({ client, queryPayment, clock }: ClosePaymentDeps): ClosePayment {
  const call = (operation: 'close' | 'cancel', id: string) =>
    client.call({
      operation,
      subject: id,
      method: `alipay.trade.${operation}`,
      content: { out_trade_no: id },
      isSafeToRepeat: true,
    });

  /** What the trade itself says, where the answer to a close does not. */
  async function find(id: string, reason: GatewayReason): Promise<ClosePaymentResult> {
    const found = await queryPayment({ id });
    switch (found.outcome) {
      case 'succeeded':
        return { outcome: 'already_paid' };
      case 'closed':
      case 'not_found':
        return { outcome: found.outcome };
      default:
        return { outcome: 'unknown', reason };
    }
  }

  async function killCode({ id, ...payment }: KnownPayment | PaymentRequest): Promise<ClosePaymentResult> {
    const answer = await call('cancel', id);
    if (answer.kind === 'refused' && answer.refusal === 'not_cancellable') {
      return waitForExpiry({ id, ...payment });
    }
    if (answer.kind !== 'done') {
      return answer.kind === 'refused'
        ? find(id, answer.reason)
        : { outcome: 'unknown', reason: answer.reason };
    }
    const { data: cancelled } = cancelSchema.safeParse(answer.body);
    if (!cancelled || cancelled.retry_flag === 'Y') {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    return { outcome: cancelled.action === 'refund' ? 'already_paid' : 'closed' };
  }

  async function waitForExpiry({
    id,
    expiresAt,
  }: KnownPayment | PaymentRequest): Promise<ClosePaymentResult> {
    return clock.now() < expiresAt + GRACE_MS
      ? { outcome: 'not_closable' }
      : find(id, { code: 'not_found', message: 'Alipay does not say whether the trade is there.' });
  }

  return async (payment) => {
    const answer = await call('close', payment.id);
    if (answer.kind === 'done') {
      return { outcome: 'closed' };
    }
    if (answer.kind !== 'refused') {
      return { outcome: 'unknown', reason: answer.reason };
    }
    switch (answer.refusal) {
      case 'not_found':
        return methodOf(payment.method)?.kind === 'code' ? killCode(payment) : waitForExpiry(payment);
      case 'misconfigured':
      case 'not_allowed':
        return { outcome: 'unknown', reason: answer.reason };
      default:
        return find(payment.id, answer.reason);
    }
  };
}
