/**
 * Applies a notification that is kept: its provider sent it again, the job tries again, or a person replays it. Works on
 * what the gateway had read when the signature was verified; the signature itself is too old to be verified anew.
 *
 * Crash story: the event's state and everything that it brings about are one transaction.
 */
import type { Gateway, NotificationSubject } from '../../../gateways/gateway.ts';
import { type Actor, systemActor } from '../../../kernel/actor.ts';
import { type Tx, updateVersioned } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import type { JobRun } from '../../../kernel/jobs/index.ts';
import { cancelJob } from '../../../kernel/jobs/index.ts';
import { transition } from '../../../kernel/states.ts';
import { resolveAlert } from '../../alerts/index.ts';
import { gatewayOf, type PaymentsDeps } from '../deps.ts';
import { eventNotReplayable } from '../errors.ts';
import { providerEventRetry } from '../jobs.ts';
import type { ProviderEventRow } from '../tables.ts';
import { applyEvent } from './apply-event.ts';
import type { Judgement } from './provider-event.ts';
import { providerEventMachine } from './provider-event-states.ts';

/** Applies a stored or quarantined event once more. Throws `event_not_replayable` (409) for any other. */
export async function reapplyStored(
  tx: Tx,
  deps: PaymentsDeps,
  gateway: Gateway,
  id: string,
  by: Actor,
): Promise<Judgement> {
  const row = await tx.lock('provider_events', id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  if (row.state !== 'stored' && row.state !== 'quarantined') {
    throw new AppError(eventNotReplayable, { details: { state: row.state } });
  }
  const judgement = await applyEvent(tx, deps, gateway, {
    id,
    provider: row.provider,
    merchantAccount: row.merchant_account,
    subject: JSON.parse(row.subject) as NotificationSubject,
  });
  const set = { reason: judgement.reason, error: null };
  if (judgement.state !== row.state) {
    const note = judgement.reason ?? undefined;
    await transition<ProviderEventRow>(
      tx,
      providerEventMachine,
      row,
      { state: judgement.state },
      { by, note, set },
    );
  } else {
    await updateVersioned(tx, 'provider_events', row, { ...set, updated_at: tx.now });
  }
  if (judgement.state !== 'quarantined') {
    await resolveAlert(tx, { kind: 'notification_mismatch', subject: id, by });
    await resolveAlert(tx, { kind: 'notification_unknown', subject: id, by });
  }
  return judgement;
}

/** One run of `provider_event.retry`; it throws until the event can be applied, so that the job goes on. */
export async function retryEvent(deps: PaymentsDeps, job: JobRun<{ eventId: string }>): Promise<void> {
  const { eventId } = job.payload;
  await deps.db.tx('provider_event.retry', async (tx) => {
    const row = await tx.lock('provider_events', eventId);
    if (row?.state === 'stored') {
      await reapplyStored(tx, deps, gatewayOf(deps, row), eventId, systemActor('provider_event.retry'));
    }
    await job.complete(tx);
  });
}

/** A person's replay; answers what became of the event. */
export async function replayEvent(tx: Tx, deps: PaymentsDeps, id: string, by: Actor): Promise<Judgement> {
  const row = await tx.lock('provider_events', id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const judgement = await reapplyStored(tx, deps, gatewayOf(deps, row), id, by);
  await cancelJob(tx, providerEventRetry, id);
  return judgement;
}
