/** How an intent reads, in answers and in events alike. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { GatewayReason, PaymentFacts, QueryPaymentResult } from '../gateway.ts';
import { chargeSchema, factsOfCharge, heldUntil, metadataSchema } from './charge.ts';
import { codeOf, MALFORMED_ANSWER } from './errors.ts';
import { INTENT_STATUSES, wordFor } from './states.ts';

export const intentSchema = z.object({
  object: z.literal('payment_intent'),
  id: z.string(),
  status: z.string(),
  currency: z.string(),
  amount_received: z.int().min(0),
  amount_capturable: z.int().min(0),
  client_secret: z.string().nullish(),
  metadata: metadataSchema,
  latest_charge: z.union([z.string(), chargeSchema]).nullish(),
  last_payment_error: z
    .object({
      type: z.string().nullish(),
      code: z.string().nullish(),
      decline_code: z.string().nullish(),
    })
    .nullish(),
});

export type Intent = z.infer<typeof intentSchema>;

/** Whose answer it is, and when it was given (s) where the charge itself is not in it. */
export interface ReadingContext {
  readonly merchantAccount: string;
  readonly toldAt: number;
}

function factsOf(
  intent: Intent,
  amount: number,
  { merchantAccount, toldAt }: ReadingContext,
): PaymentFacts | undefined {
  const charge = intent.latest_charge;
  if (!charge) {
    return undefined;
  }
  if (typeof charge === 'object') {
    return factsOfCharge(charge, amount, merchantAccount);
  }
  return {
    amount: { amount, currency: intent.currency.toUpperCase() },
    merchantAccount,
    appId: null,
    transactionId: charge,
    paidAt: toldAt * SECOND_MS,
    payer: null,
  };
}

/** Why the last try failed, in Stripe's code. */
function failureOf({ last_payment_error: error }: Intent): GatewayReason | undefined {
  return error
    ? {
        code: codeOf(error.decline_code, error.code, error.type) ?? 'payment_failed',
        message: 'The last try to pay failed.',
      }
    : undefined;
}

/** What an intent says of its payment. */
export function resultOfIntent(intent: Intent, context: ReadingContext): QueryPaymentResult {
  const word = wordFor(INTENT_STATUSES, intent.status);
  const reference = intent.id;
  switch (word) {
    case 'succeeded': {
      const facts = factsOf(intent, intent.amount_received, context);
      return facts ? { outcome: word, facts, reference } : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    case 'authorized': {
      const facts = factsOf(intent, intent.amount_capturable, context);
      const until =
        typeof intent.latest_charge === 'object' && intent.latest_charge && heldUntil(intent.latest_charge);
      return facts
        ? { outcome: word, facts, reference, ...(until && { authorisedUntil: until }) }
        : { outcome: 'unknown', reason: MALFORMED_ANSWER };
    }
    case 'pending': {
      const reason = failureOf(intent);
      return { outcome: word, reference, ...(reason && { reason }) };
    }
    case 'processing':
      return { outcome: word, reference };
    case 'closed':
      return { outcome: word };
    case undefined: {
      const message = 'Stripe names a state of the payment that is not known here.';
      return { outcome: 'unknown', reason: { code: 'unknown_intent_status', message } };
    }
  }
}
