/** How a Checkout Session reads: the page at Stripe, and the intent under it once the payer has begun to pay. */
import { z } from 'zod';
import type { QueryPaymentResult } from '../gateway.ts';
import { metadataSchema } from './charge.ts';
import { intentSchema, type ReadingContext, resultOfIntent } from './intent.ts';
import { SESSION_STATUSES, wordFor } from './states.ts';

export const sessionSchema = z.object({
  object: z.literal('checkout.session'),
  id: z.string(),
  status: z.string(),
  url: z.string().nullish(),
  metadata: metadataSchema,
  payment_intent: z.union([z.string(), intentSchema]).nullish(),
});

export type Session = z.infer<typeof sessionSchema>;

/** Named by the session, which is what we opened and what can be closed. */
function named(result: QueryPaymentResult, reference: string): QueryPaymentResult {
  return 'reference' in result ? { ...result, reference } : result;
}

/** Money that is there, held or on its way counts whatever the page says. */
function isMoney({ outcome }: QueryPaymentResult): boolean {
  return ['succeeded', 'authorized', 'processing', 'unknown'].includes(outcome);
}

/** What a session says of its payment. */
export function resultOfSession(session: Session, context: ReadingContext): QueryPaymentResult {
  const { payment_intent: intent, id: reference } = session;
  const beneath = typeof intent === 'object' && intent ? resultOfIntent(intent, context) : undefined;
  if (beneath && isMoney(beneath)) {
    return named(beneath, reference);
  }
  switch (wordFor(SESSION_STATUSES, session.status)) {
    case 'pending': {
      const reason = beneath?.outcome === 'pending' ? beneath.reason : undefined;
      return { outcome: 'pending', reference, ...(reason && { reason }) };
    }
    case 'processing': {
      if (!beneath) {
        return { outcome: 'processing', reference };
      }
      // The payer has left the page, which lets nobody pay any more, and what they had agreed to came to nothing.
      const fallback = { code: 'payment_failed', message: 'The last try to pay failed.' };
      return beneath.outcome === 'pending'
        ? { outcome: 'declined', reason: beneath.reason ?? fallback }
        : beneath;
    }
    case 'closed':
      return { outcome: 'closed' };
    case undefined: {
      const message = 'Stripe names a state of the page that is not known here.';
      return { outcome: 'unknown', reason: { code: 'unknown_session_status', message } };
    }
  }
}
