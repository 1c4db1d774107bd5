/**
 * Refunds. Invariant: one refund of ours is at most one refund at Stripe: its creation carries a key made of our refund's
 * id, and the caller asks before it sends again, which finds it by the id that it carries, however old it is. `failed` lets a
 * new refund be made, so it is answered only when Stripe has refused for good and knows no refund of this id.
 *
 * Crash story: if the process dies after the call, the refund is found among those of its charge; where it is not there, the
 * same request under the same key makes it once.
 */
import { z } from 'zod';
import type {
  GatewayReason,
  KnownRefund,
  QueryRefundResult,
  RefundRequest,
  RefundResult,
} from '../gateway.ts';
import type { StripeClient } from './client.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER, type Refusal } from './errors.ts';
import { toPayerText } from './payer-text.ts';
import { readRefund } from './refund-reading.ts';

const MAX_REASON_CHARACTERS = 500;
const PAGE_SIZE = 100;
/** A charge has rarely more than a few. */
const MAX_PAGES = 10;

export interface RefundDeps {
  readonly client: StripeClient;
  readonly accountId: string;
}

const pageSchema = z.object({ has_more: z.boolean(), data: z.array(z.looseObject({ id: z.string() })) });

export function createRefunds({ client, accountId }: RefundDeps) {
  function read(body: unknown, { id, payment }: RefundRequest): RefundResult {
    const reading = readRefund(body);
    if (!reading) {
      return { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    return reading.refundId === id
      ? reading.resultFor(payment.id, accountId)
      : { outcome: 'unknown', reason: FOREIGN_ANSWER };
  }

  /** Among the refunds of the charge; lists are up to date at once. */
  async function findAmongThose(request: RefundRequest): Promise<QueryRefundResult> {
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = {
        charge: request.captureTransactionId,
        limit: PAGE_SIZE,
        ...(after !== undefined && { starting_after: after }),
      };
      const answer = await client.call(
        { operation: 'list_refunds', subject: request.id, isSafeToRepeat: true },
        async (sdk) => await sdk.refunds.list(query),
      );
      if (answer.kind !== 'done') {
        return { outcome: 'unknown', reason: answer.reason };
      }
      const { data: list } = pageSchema.safeParse(answer.body);
      if (!list) {
        return { outcome: 'unknown', reason: MALFORMED_ANSWER };
      }
      const ours = list.data.find((item) => readRefund(item)?.refundId === request.id);
      if (ours) {
        return read(ours, request);
      }
      after = list.data.at(-1)?.id;
      if (!list.has_more || after === undefined) {
        return { outcome: 'not_found' };
      }
    }
    const message = 'The charge has too many refunds to find this one among them.';
    return { outcome: 'unknown', reason: { code: 'too_many', message } };
  }

  async function queryRefund(refund: Omit<KnownRefund, 'since'>): Promise<QueryRefundResult> {
    const { providerRefundId } = refund;
    if (providerRefundId === null) {
      return findAmongThose(refund);
    }
    const answer = await client.call(
      { operation: 'get_refund', subject: refund.id, isSafeToRepeat: true },
      (sdk) => sdk.refunds.retrieve(providerRefundId),
    );
    switch (answer.kind) {
      case 'done':
        return read(answer.body, refund);
      case 'refused':
        return answer.refusal === 'not_found'
          ? { outcome: 'not_found' }
          : { outcome: 'unknown', reason: answer.reason };
      case 'not_sent':
      case 'unknown':
        return { outcome: 'unknown', reason: answer.reason };
    }
  }

  async function judgeRefusal(
    request: RefundRequest,
    refusal: Refusal,
    reason: GatewayReason,
  ): Promise<RefundResult> {
    if (refusal === 'misconfigured') {
      return { outcome: 'not_sent', reason };
    }
    if (refusal === 'balance_too_low') {
      return { outcome: 'refused_for_now', reason };
    }
    const found = await findAmongThose(request);
    return found.outcome === 'not_found' ? { outcome: 'failed', reason } : found;
  }

  async function refund(request: RefundRequest): Promise<RefundResult> {
    const { id, payment, amount, captureTransactionId } = request;
    const reason = toPayerText(request.reason ?? '', MAX_REASON_CHARACTERS);
    const answer = await client.call(
      // After anything but an answer a refund is queried before it is sent again, and that is the caller's to decide.
      { operation: 'refund', subject: id, isSafeToRepeat: false },
      (sdk) =>
        sdk.refunds.create(
          {
            charge: captureTransactionId,
            amount: amount.amount,
            reason: 'requested_by_customer',
            metadata: { refund_id: id, payment_id: payment.id, ...(reason && { reason }) },
          },
          { idempotencyKey: `${id}:refund` },
        ),
    );
    switch (answer.kind) {
      case 'done':
        // A repeat is answered as things stood at first.
        return answer.isReplayed ? replayed(request, answer.body) : read(answer.body, request);
      case 'refused':
        return judgeRefusal(request, answer.refusal, answer.reason);
      case 'not_sent':
      case 'unknown':
        return { outcome: answer.kind, reason: answer.reason };
    }
  }

  async function replayed(request: RefundRequest, body: unknown): Promise<RefundResult> {
    const providerRefundId = readRefund(body)?.providerRefundId ?? null;
    const now = await queryRefund({ ...request, providerRefundId });
    return now.outcome === 'not_found' ? { outcome: 'unknown', reason: FOREIGN_ANSWER } : now;
  }

  return { refund, queryRefund };
}
