/** How a charge reads, in answers and in events alike: one try to take or hold the money of an intent. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { CardDetails, PaymentFacts } from '../gateway.ts';

/** An object, or only its id where it was not asked for in full. */
export const idOf = z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)]);

export const metadataSchema = z.record(z.string(), z.string()).nullish();

const cardSchema = z.object({
  brand: z.string().nullish(),
  last4: z.string().nullish(),
  authorization_code: z.string().nullish(),
  capture_before: z.int().nullish(),
});

export const balanceTransactionSchema = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  fee: z.int(),
  created: z.int(),
  type: z.string(),
  reporting_category: z.string().nullish(),
});

export const chargeSchema = z.object({
  object: z.literal('charge'),
  id: z.string(),
  amount: z.int().min(0),
  amount_captured: z.int().min(0),
  captured: z.boolean(),
  status: z.string(),
  created: z.int(),
  currency: z.string(),
  metadata: metadataSchema,
  payment_intent: idOf.nullish(),
  balance_transaction: z.union([z.string(), balanceTransactionSchema]).nullish(),
  payment_method_details: z.object({ card: cardSchema.nullish() }).nullish(),
  outcome: z
    .object({
      network_status: z.string().nullish(),
      network_decline_code: z.string().nullish(),
    })
    .nullish(),
});

export type Charge = z.infer<typeof chargeSchema>;

/** What may be kept of the card; the number is never told to us. */
function cardOf({ payment_method_details: details, outcome }: Charge): CardDetails | undefined {
  const card = details?.card;
  if (!card) {
    return undefined;
  }
  return {
    brand: card.brand ?? null,
    last4: card.last4 ?? null,
    authorisationCode: card.authorization_code ?? null,
    responseCode: outcome?.network_decline_code ?? outcome?.network_status ?? null,
  };
}

/** Until when the money is held (ms), where Stripe says so. */
export function heldUntil(charge: Charge): number | undefined {
  const seconds = charge.payment_method_details?.card?.capture_before;
  return seconds ? seconds * SECOND_MS : undefined;
}

/** What Stripe kept, where it counts in the currency of the payment: an account may be settled in another one. */
function feeOf({ balance_transaction: transaction, currency }: Charge): number | undefined {
  return transaction && typeof transaction === 'object' && transaction.currency === currency
    ? transaction.fee
    : undefined;
}

/** `amount` is what is held or taken in all; the charge's own is what was asked for. */
export function factsOfCharge(charge: Charge, amount: number, merchantAccount: string): PaymentFacts {
  const card = cardOf(charge);
  const fee = feeOf(charge);
  return {
    amount: { amount, currency: charge.currency.toUpperCase() },
    merchantAccount,
    appId: null,
    transactionId: charge.id,
    paidAt: charge.created * SECOND_MS,
    payer: null,
    ...(card && { card }),
    ...(fee !== undefined && { fee }),
  };
}
