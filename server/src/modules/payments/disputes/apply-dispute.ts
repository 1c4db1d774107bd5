/** What a provider's word of a dispute does; runs in the transaction in which its notification is written down. */
import type { DisputeFacts } from '../../../gateways/gateway.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { raiseAlert } from '../../alerts/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { EventFacts, Judgement } from '../provider-event.ts';

/** Keeps it for a person, who is told. */
export async function applyDispute(
  tx: Tx,
  _deps: PaymentsDeps,
  event: EventFacts,
  facts: DisputeFacts,
): Promise<Judgement> {
  const { disputeId, stage, reason, amount, paymentId } = facts;
  await raiseAlert(tx, {
    kind: 'payment_disputed',
    subject: disputeId,
    severity: 'critical',
    details: { provider: event.provider, paymentId, stage, reason, amount },
  });
  return { state: 'quarantined', reason: 'dispute', isAccepted: true };
}
