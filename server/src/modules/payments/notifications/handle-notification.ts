/**
 * A provider's notification, from its raw bytes to the answer. Invariant: a verified notification is written down and
 * applied in one transaction, once for each (provider, merchant account, event id), before it is acknowledged; what is not
 * verified is answered 4xx, counted, and leaves no trace (RULES 7, 9).
 *
 * Crash story: dying before the commit leaves nothing, and the provider, which had no answer, sends it again; dying after
 * it leaves an event that is applied, and the repeat finds it. When applying throws, a second transaction keeps the event
 * with the error and a job that tries again, and the answer asks the provider for a repeat as well.
 */
import type {
  Gateway,
  IncomingNotification,
  NotificationReply,
  NotificationResult,
} from '../../../gateways/gateway.ts';
import { providerActor } from '../../../kernel/actor.ts';
import { statement, type Tx } from '../../../kernel/db/index.ts';
import { enqueue } from '../../../kernel/jobs/index.ts';
import { recordInitialStates } from '../../../kernel/states.ts';
import type { PaymentsDeps } from '../deps.ts';
import { providerEventRetry } from '../jobs.ts';
import type { ProviderEventRow } from '../tables.ts';
import { applyEvent } from './apply-event.ts';
import { type Judgement, type Outcome, toRow } from './provider-event.ts';
import { providerEventMachine } from './provider-event-states.ts';
import { reapplyStored } from './reapply-event.ts';
import { takeHint } from './take-hint.ts';

type Verified = Extract<NotificationResult, { outcome: 'verified' }>;

const byEventId = statement<
  { provider: string; merchantAccount: string; eventId: string },
  { id: string; state: string }
>((query, p) =>
  query
    .selectFrom('provider_events')
    .select(['id', 'state'])
    .where('provider', '=', p.provider)
    .where('merchant_account', '=', p.merchantAccount)
    .where('event_id', '=', p.eventId),
);

/**
 * Takes a notification in and answers in the provider's format; `undefined` for a provider that is not switched on. For a
 * hint, which anybody can send, it first calls `takeHintPoint`, which throws `too_many_requests` (429).
 */
export async function handleNotification(
  deps: PaymentsDeps,
  provider: string,
  incoming: IncomingNotification,
  takeHintPoint: () => Promise<void>,
): Promise<NotificationReply | undefined> {
  const gateway = deps.gateways.byProvider(provider);
  if (gateway === undefined) {
    return undefined;
  }
  const parsed = await gateway.parseNotification(incoming);
  if (parsed.outcome === 'rejected') {
    deps.onNotification?.({ provider, outcome: 'rejected' });
    deps.log.warn({ provider, reason: parsed.reason }, 'a notification was rejected');
    return { ...gateway.replyTo(false), status: parsed.status };
  }
  if (parsed.outcome === 'unverified') {
    deps.onNotification?.({ provider, outcome: 'unverified' });
    deps.log.warn({ provider, reason: parsed.reason }, 'a notification could not be verified yet');
    return gateway.replyTo(false);
  }
  if (parsed.outcome === 'hint') {
    await takeHintPoint();
  }
  const { isAccepted, outcome } =
    parsed.outcome === 'hint'
      ? await takeHint(deps, gateway, incoming, parsed)
      : await takeIn(deps, gateway, incoming, parsed);
  deps.onNotification?.({ provider, outcome });
  return gateway.replyTo(isAccepted);
}

async function takeIn(
  deps: PaymentsDeps,
  gateway: Gateway,
  incoming: IncomingNotification,
  verified: Verified,
): Promise<Outcome> {
  const event = toRow(gateway.capabilities.provider, incoming, {
    state: 'applied',
    reason: null,
    ...verified,
  });
  try {
    return await deps.db.tx('notification.apply', (tx) => storeAndApply(tx, deps, gateway, event, verified));
  } catch (error) {
    deps.log.error(
      { err: error, provider: event.provider, eventId: event.event_id },
      'a notification was not applied',
    );
    await deps.db.tx('notification.keep', (tx) => keepFailed(tx, event, error));
    return { isAccepted: false, outcome: 'failed' };
  }
}

async function storeAndApply(
  tx: Tx,
  deps: PaymentsDeps,
  gateway: Gateway,
  event: ProviderEventRow,
  { subject }: Verified,
): Promise<Outcome> {
  if (!(await tx.insertOnce('provider_events', event))) {
    return repeat(tx, deps, gateway, event);
  }
  const { id, provider, merchant_account: merchantAccount } = event;
  const judgement = await applyEvent(tx, deps, gateway, { id, provider, merchantAccount, subject });
  // The row says `applied` until here, where nobody but this transaction can see it; its history begins with the truth.
  if (judgement.state !== 'applied') {
    await tx.query
      .updateTable('provider_events')
      .set({ state: judgement.state, reason: judgement.reason })
      .where('id', '=', id)
      .execute();
  }
  await recordInitialStates(
    tx,
    providerEventMachine,
    id,
    { state: judgement.state },
    { by: providerActor(provider), note: judgement.reason ?? undefined },
  );
  return { isAccepted: judgement.isAccepted, outcome: judgement.state };
}

/** An event that was applied is acknowledged again; one that could not be is applied now (RULES 9). */
async function repeat(
  tx: Tx,
  deps: PaymentsDeps,
  gateway: Gateway,
  { provider, merchant_account: merchantAccount, event_id: eventId }: ProviderEventRow,
): Promise<Outcome> {
  const existing = await byEventId.first(tx, { provider, merchantAccount, eventId });
  if (existing === undefined) {
    throw new Error(`event ${eventId} of ${provider} is there and is not`);
  }
  if (existing.state === 'applied' || existing.state === 'ignored') {
    return { isAccepted: true, outcome: 'repeated' };
  }
  const judgement: Judgement = await reapplyStored(tx, deps, gateway, existing.id, providerActor(provider));
  return { isAccepted: judgement.isAccepted, outcome: judgement.state };
}

/** The second transaction: the event with the error, and the job that tries again. */
async function keepFailed(tx: Tx, event: ProviderEventRow, cause: unknown): Promise<void> {
  const error = String(cause).slice(0, 2_000);
  const row: ProviderEventRow = { ...event, state: 'stored', error };
  if (await tx.insertOnce('provider_events', row)) {
    const by = providerActor(event.provider);
    await recordInitialStates(tx, providerEventMachine, row.id, { state: 'stored' }, { by });
    await enqueue(tx, providerEventRetry, { eventId: row.id }, { key: row.id });
  }
}
