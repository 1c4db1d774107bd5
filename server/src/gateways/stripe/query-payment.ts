import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import type { KnownPayment, QueryPaymentResult } from '../gateway.ts';
import type { StripeAnswer, StripeClient } from './client.ts';
import type { CheckedSettings } from './config.ts';
import { FOREIGN_ANSWER, MALFORMED_ANSWER } from './errors.ts';
import type { FindPayment } from './find-payment.ts';
import { type Intent, intentSchema, type ReadingContext, resultOfIntent } from './intent.ts';
import { resultOfSession, type Session, sessionSchema } from './session.ts';

/** What is at Stripe under a name, read and judged. */
export interface Seen {
  readonly object: Intent | Session | undefined;
  readonly result: QueryPaymentResult;
}

export type ReadPayment = (
  payment: Pick<KnownPayment, 'id'>,
  reference: string,
  timeoutMs?: number,
) => Promise<Seen>;

export interface ReadPaymentDeps {
  readonly client: StripeClient;
  readonly settings: CheckedSettings;
  readonly clock: Clock;
}

export function isSession(reference: string): boolean {
  return reference.startsWith('cs_');
}

/** Reads an answer that should be about `id`. */
export function seeAnswer(body: unknown, id: string, context: ReadingContext): Seen {
  const session = sessionSchema.safeParse(body).data;
  const intent = session ? undefined : intentSchema.safeParse(body).data;
  const object = session ?? intent;
  if (!object) {
    return { object, result: { outcome: 'unknown', reason: MALFORMED_ANSWER } };
  }
  if (object.metadata?.payment_id !== id) {
    return { object, result: { outcome: 'unknown', reason: FOREIGN_ANSWER } };
  }
  return {
    object,
    result: session ? resultOfSession(session, context) : resultOfIntent(object as Intent, context),
  };
}

export function createReadPayment({ client, settings, clock }: ReadPaymentDeps): ReadPayment {
  function ask(id: string, reference: string, timeoutMs: number | undefined): Promise<StripeAnswer> {
    const call = {
      operation: isSession(reference) ? 'get_session' : 'get_intent',
      subject: id,
      isSafeToRepeat: true,
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    return client.call(call, (sdk) =>
      isSession(reference)
        ? sdk.checkout.sessions.retrieve(reference, {
            expand: ['payment_intent.latest_charge.balance_transaction'],
          })
        : sdk.paymentIntents.retrieve(reference, { expand: ['latest_charge.balance_transaction'] }),
    );
  }

  return async ({ id }, reference, timeoutMs) => {
    const answer = await ask(id, reference, timeoutMs);
    switch (answer.kind) {
      case 'done': {
        const context = {
          merchantAccount: settings.accountId,
          toldAt: Math.floor(clock.now() / SECOND_MS),
        };
        return seeAnswer(answer.body, id, context);
      }
      case 'refused':
        return {
          object: undefined,
          result:
            answer.refusal === 'not_found'
              ? { outcome: 'not_found' }
              : { outcome: 'unknown', reason: answer.reason },
        };
      case 'not_sent':
      case 'unknown':
        return { object: undefined, result: { outcome: 'unknown', reason: answer.reason } };
    }
  };
}

export function createQueryPayment(readPayment: ReadPayment, findPayment: FindPayment) {
  return async (payment: KnownPayment, deadlineMs?: number): Promise<QueryPaymentResult> => {
    const found = await findPayment(payment, deadlineMs);
    switch (found.kind) {
      case 'found':
        return (await readPayment(payment, found.reference, deadlineMs)).result;
      case 'not_found':
        return { outcome: 'not_found' };
      case 'unknown':
        return { outcome: 'unknown', reason: found.reason };
    }
  };
}
