/** Opening an attempt for a payer. The invariant and the crash story stand in `open-payment.ts`. */
import type { Clock } from '../../kernel/clock.ts';
import type { CreatePaymentResult, PaymentRequest, QueryPaymentResult } from '../gateway.ts';
import { isKeyAlive, type OpenAnswer, type Opened, type OpenPayment } from './open-payment.ts';
import type { ReadPayment } from './query-payment.ts';

export interface CreatePaymentDeps {
  readonly openPayment: OpenPayment;
  readonly readPayment: ReadPayment;
  readonly clock: Clock;
}

/** A repeat is answered as things stood at first; what stands now decides whether anybody may still pay. */
function judgeReplay({ reference, parameters }: Opened, now: QueryPaymentResult): CreatePaymentResult {
  switch (now.outcome) {
    case 'pending':
    case 'approved':
    case 'processing':
      return { outcome: 'requires_action', reference, parameters };
    case 'succeeded':
    case 'authorized':
      return { ...now, reference };
    case 'closed':
      return { outcome: 'already_closed' };
    case 'declined':
      return { outcome: 'declined', reason: now.reason };
    case 'not_found':
      return { outcome: 'already_closed' };
    case 'unknown':
      return { outcome: 'unknown', reason: now.reason };
  }
}

function judgeFailure(answer: Exclude<OpenAnswer, Opened>): CreatePaymentResult {
  if (answer.kind !== 'refused') {
    return { outcome: answer.kind, reason: answer.reason };
  }
  // Stripe looks at the key before it looks at anything else: had an earlier request made something, it would have been given.
  return { outcome: answer.refusal === 'misconfigured' ? 'not_sent' : 'declined', reason: answer.reason };
}

export function createCreatePayment({ openPayment, readPayment, clock }: CreatePaymentDeps) {
  return async (request: PaymentRequest): Promise<CreatePaymentResult> => {
    if (!isKeyAlive(request, clock)) {
      const message = 'The attempt is too old to be opened again.';
      return { outcome: 'unknown', reason: { code: 'attempt_too_old', message } };
    }
    const answer = await openPayment(request);
    if (answer.kind !== 'opened') {
      return judgeFailure(answer);
    }
    const { reference, parameters, isReplayed } = answer;
    return isReplayed
      ? judgeReplay(answer, (await readPayment(request, reference)).result)
      : { outcome: 'requires_action', reference, parameters };
  };
}
