/**
 * A notification that can not be verified. Invariant: nothing in it is believed but that it is worth asking: it moves no
 * payment and no refund, and however many come, a payment is asked for at most once in five seconds because of them, and
 * the open refunds of a provider once a minute (RULES 9). Nobody waits for the provider's answer here.
 *
 * Crash story: what is written down and the jobs that ask are one transaction; before it there is nothing, and the provider,
 * which had no answer, sends it again.
 */
import type { Gateway, IncomingNotification, NotificationResult } from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { enqueue } from '../../../kernel/jobs/index.ts';
import { recordInitialStates } from '../../../kernel/states.ts';
import { pollBy } from '../attempts/poll-payment.ts';
import { MINIMUM_QUERY_INTERVAL_MS } from '../attempts/poll-times.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refundNudge } from '../jobs.ts';
import { claimPaymentQuery, findPayment } from '../payment-repository.ts';
import type { PaymentRow } from '../tables.ts';
import { type Outcome, toRow } from './provider-event.ts';
import { providerEventMachine } from './provider-event-states.ts';

type Hint = Extract<NotificationResult, { outcome: 'hint' }>;

/** Writes it down where its provider has no other way to tell, and plans the query. */
export async function takeHint(
  deps: PaymentsDeps,
  gateway: Gateway,
  incoming: IncomingNotification,
  hint: Hint,
): Promise<Outcome> {
  const { provider } = gateway.capabilities;
  const isAccepted = await deps.db.tx('notification.hint', async (tx) => {
    const named = hint.paymentId === undefined ? undefined : await findPayment(tx, hint.paymentId);
    const payment = named?.provider === provider ? named : undefined;
    if (hint.eventType !== undefined) {
      if (payment === undefined) {
        return false;
      }
      await keep(tx, gateway, incoming, { payment, eventType: hint.eventType });
    }
    await enqueue(tx, refundNudge, { provider }, { key: provider });
    if (payment !== undefined && payment.status !== 'succeeded') {
      await askSoon(tx, payment);
    }
    return true;
  });
  return { isAccepted, outcome: 'hint' };
}

/** Once for each payment and kind of event: whoever can not sign can not fill the inbox either. */
async function keep(
  tx: Tx,
  { capabilities: { provider }, merchantAccount }: Gateway,
  incoming: IncomingNotification,
  { payment, eventType }: { readonly payment: PaymentRow; readonly eventType: string },
): Promise<void> {
  const reason = {
    code: 'unsigned',
    message: 'The notification can not be verified; the provider was asked.',
  };
  const event = toRow(provider, incoming, {
    ...{ state: 'ignored', reason: 'unsigned', merchantAccount, eventType },
    eventId: `${eventType}:${payment.id}`,
    subject: { type: 'payment', paymentId: payment.id, result: { outcome: 'unknown', reason } },
  });
  // Unsigned and not encrypted: of no use as evidence, and the payer stands in it.
  if (await tx.insertOnce('provider_events', { ...event, body: null, headers: '{}' })) {
    const by = providerActor(provider);
    await recordInitialStates(
      tx,
      providerEventMachine,
      event.id,
      { state: 'ignored' },
      { by, note: 'unsigned' },
    );
  }
}

async function askSoon(tx: Tx, { id, last_queried_at: lastQueriedAt }: PaymentRow): Promise<void> {
  const isFirst = await claimPaymentQuery(tx, id, tx.now - MINIMUM_QUERY_INTERVAL_MS);
  await pollBy(tx, id, isFirst ? tx.now : lastQueriedAt + MINIMUM_QUERY_INTERVAL_MS);
}
