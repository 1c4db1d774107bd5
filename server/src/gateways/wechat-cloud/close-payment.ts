import type { ClosePaymentResult } from '../gateway.ts';
import type { CloudClient } from './client.ts';
import type { Refusal } from './errors.ts';

export interface ClosePaymentDeps {
  readonly client: CloudClient;
  readonly subMchid: string;
}

const REFUSED: Partial<Record<Refusal, 'already_paid' | 'closed' | 'not_found'>> = {
  already_paid: 'already_paid',
  already_closed: 'closed',
  not_found: 'not_found',
};

/** A close may be repeated: closing a closed trade is told as closed. A paid trade refuses. */
export function createClosePayment({ client, subMchid }: ClosePaymentDeps) {
  return async ({ id }: { readonly id: string }): Promise<ClosePaymentResult> => {
    const answer = await client.call({
      operation: 'close',
      verb: 'closeorder',
      subject: id,
      content: { out_trade_no: id, sub_mch_id: subMchid },
      isSafeToRepeat: true,
    });
    if (answer.kind === 'done') {
      return { outcome: 'closed' };
    }
    const outcome = answer.kind === 'refused' ? REFUSED[answer.refusal] : undefined;
    return outcome ? { outcome } : { outcome: 'unknown', reason: answer.reason };
  };
}
