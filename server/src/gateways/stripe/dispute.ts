/** Disputes: how they read, in answers and in events alike, and asking for one. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { DisputeFacts, DisputeMovement, QueryDisputeResult } from '../gateway.ts';
import { balanceTransactionSchema, idOf, metadataSchema } from './charge.ts';
import type { StripeClient } from './client.ts';
import { codeOf, MALFORMED_ANSWER } from './errors.ts';
import { DISPUTE_STATUSES, wordFor } from './states.ts';

const disputeSchema = z.object({
  object: z.literal('dispute'),
  id: z.string(),
  amount: z.int().min(0),
  currency: z.string(),
  created: z.int(),
  status: z.string(),
  reason: z.string(),
  charge: z.union([z.string(), z.looseObject({ id: z.string(), metadata: metadataSchema })]),
  payment_intent: idOf.nullish(),
  evidence_details: z.object({ due_by: z.int().nullish() }).nullish(),
  balance_transactions: z.array(balanceTransactionSchema).default([]),
});

type Dispute = z.infer<typeof disputeSchema>;

/**
 * Where the account is settled in another currency than the payment's, the balance moves in that one; what counts here is
 * what was disputed, and the fee, which can not be told in the payment's currency, is left to the bill.
 */
function movementOf(
  transaction: z.infer<typeof balanceTransactionSchema>,
  dispute: Dispute,
): DisputeMovement {
  const isOurCurrency = transaction.currency === dispute.currency;
  return {
    id: transaction.id,
    type: transaction.amount < 0 ? 'withdrawn' : 'reinstated',
    amount: {
      amount: isOurCurrency ? Math.abs(transaction.amount) : dispute.amount,
      currency: dispute.currency.toUpperCase(),
    },
    fee: isOurCurrency ? Math.max(0, transaction.fee) : 0,
    movedAt: transaction.created * SECOND_MS,
  };
}

/** Reads a dispute; `undefined` when it is none, or in a status that is not known here. */
export function readDispute(body: unknown, merchantAccount: string): DisputeFacts | undefined {
  const { data } = disputeSchema.safeParse(body);
  const stage = data && wordFor(DISPUTE_STATUSES, data.status);
  if (!data || !stage) {
    return undefined;
  }
  const { charge } = data;
  return {
    disputeId: data.id,
    merchantAccount,
    paymentId: typeof charge === 'object' ? (charge.metadata?.payment_id ?? null) : null,
    captureTransactionId: typeof charge === 'object' ? charge.id : charge,
    stage,
    reason: codeOf(data.reason) ?? 'general',
    amount: { amount: data.amount, currency: data.currency.toUpperCase() },
    evidenceDueAt: data.evidence_details?.due_by ? data.evidence_details.due_by * SECOND_MS : null,
    openedAt: data.created * SECOND_MS,
    movements: data.balance_transactions
      .filter(({ amount }) => amount !== 0)
      .map((transaction) => movementOf(transaction, data)),
  };
}

export function createQueryDispute(client: StripeClient, accountId: string) {
  return async ({ id }: { readonly id: string }): Promise<QueryDisputeResult> => {
    const answer = await client.call({ operation: 'get_dispute', subject: id, isSafeToRepeat: true }, (sdk) =>
      sdk.disputes.retrieve(id, { expand: ['charge'] }),
    );
    switch (answer.kind) {
      case 'done': {
        const facts = readDispute(answer.body, accountId);
        return facts ? { outcome: 'found', facts } : { outcome: 'unknown', reason: MALFORMED_ANSWER };
      }
      case 'refused':
        return answer.refusal === 'not_found'
          ? { outcome: 'not_found' }
          : { outcome: 'unknown', reason: answer.reason };
      case 'not_sent':
      case 'unknown':
        return { outcome: 'unknown', reason: answer.reason };
    }
  };
}
