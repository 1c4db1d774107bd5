/** What we have opened for an attempt, by name, or found again when the answer to its creation was lost. */

import { z } from 'zod';
import { type Clock, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { GatewayReason, KnownPayment } from '../gateway.ts';
import { metadataSchema } from './charge.ts';
import type { StripeClient } from './client.ts';
import type { CheckedSettings } from './config.ts';
import { MALFORMED_ANSWER } from './errors.ts';
import { formOf, isKeyAlive, KEY_LIFE_MS, type OpenPayment } from './open-payment.ts';

const PAGE_SIZE = 100;
/** More objects than that within the window of one attempt are not looked through while somebody waits. */
const MAX_PAGES = 30;
const CLOCK_MARGIN_MS = 5 * MINUTE_MS;

export type Found =
  | { readonly kind: 'found'; readonly reference: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: GatewayReason };

export type FindPayment = (payment: KnownPayment, timeoutMs?: number) => Promise<Found>;

export interface FindPaymentDeps {
  readonly client: StripeClient;
  readonly settings: CheckedSettings;
  readonly openPayment: OpenPayment;
  readonly clock: Clock;
}

const pageSchema = z.object({
  has_more: z.boolean(),
  data: z.array(z.object({ id: z.string(), metadata: metadataSchema })),
});

export function createFindPayment({ client, settings, openPayment, clock }: FindPaymentDeps): FindPayment {
  /** Reads all that was made while the attempt could have been sent; lists, unlike Stripe's search, are up to date at once. */
  async function list(payment: KnownPayment, timeoutMs: number | undefined): Promise<Found> {
    const form = formOf(payment, settings);
    const created = {
      gte: Math.floor((payment.createdAt - CLOCK_MARGIN_MS) / SECOND_MS),
      lte: Math.ceil((payment.createdAt + KEY_LIFE_MS + CLOCK_MARGIN_MS) / SECOND_MS),
    };
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = { created, limit: PAGE_SIZE, ...(after !== undefined && { starting_after: after }) };
      const answer = await client.call(
        {
          operation: `list_${form}s`,
          subject: payment.id,
          isSafeToRepeat: true,
          ...(timeoutMs !== undefined && { timeoutMs }),
        },
        async (sdk) =>
          form === 'intent' ? await sdk.paymentIntents.list(query) : await sdk.checkout.sessions.list(query),
      );
      if (answer.kind !== 'done') {
        return { kind: 'unknown', reason: answer.reason };
      }
      const { data: read } = pageSchema.safeParse(answer.body);
      if (!read) {
        return { kind: 'unknown', reason: MALFORMED_ANSWER };
      }
      const ours = read.data.find(({ metadata }) => metadata?.payment_id === payment.id);
      if (ours) {
        return { kind: 'found', reference: ours.id };
      }
      after = read.data.at(-1)?.id;
      if (!read.has_more || after === undefined) {
        return { kind: 'not_found' };
      }
    }
    const message = 'There are too many payments at Stripe to find this one among them.';
    return { kind: 'unknown', reason: { code: 'too_many', message } };
  }

  return async (payment, timeoutMs) => {
    if (payment.reference !== null) {
      return { kind: 'found', reference: payment.reference };
    }
    if (!isKeyAlive(payment, clock)) {
      return list(payment, timeoutMs);
    }
    const answer = await openPayment(payment, timeoutMs);
    switch (answer.kind) {
      case 'opened':
        return { kind: 'found', reference: answer.reference };
      case 'refused':
        // Under a key that is alive this proves that no earlier request has made anything either.
        return answer.refusal === 'misconfigured'
          ? { kind: 'unknown', reason: answer.reason }
          : { kind: 'not_found' };
      case 'not_sent':
        return { kind: 'unknown', reason: answer.reason };
      case 'unknown': {
        // Stripe repeats even a 5xx under its key, although what it was about may have been made.
        const listed = await list(payment, timeoutMs);
        return listed.kind === 'found' ? listed : { kind: 'unknown', reason: answer.reason };
      }
    }
  };
}
