/**
 * The job that never lets an attempt out of sight. Invariant: every open attempt has it, and a closed or failed one has it
 * until its provider can report no money any more; one job for each, which re-schedules itself (I10).
 *
 * Crash story: the answer is recorded first, in a transaction of its own; the job's next time is set in a second one that
 * reads the attempt as it stands. Dying between the two asks the provider once more.
 */
import { MINUTE_MS } from '../../../kernel/clock.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { enqueue, hastenJob, type JobRun, moveJob } from '../../../kernel/jobs/index.ts';
import { gatewayOf, type PaymentsDeps, reachGatewayOf } from '../deps.ts';
import { paymentPoll } from '../jobs.ts';
import { purposeOf, toKnown, toRequest, VOID_REQUESTED } from '../payment.ts';
import { findOpenPayments, findPayment } from '../payment-repository.ts';
import { isOpen } from '../payment-states.ts';
import type { Purpose } from '../purpose.ts';
import type { PaymentRow } from '../tables.ts';
import { closeAttempt, closeOpenAttempts } from './close-attempts.ts';
import {
  HOLD_WARNING_MS,
  isAbandoned,
  MINIMUM_QUERY_INTERVAL_MS,
  nextRunAt,
  nextSweepAt,
} from './poll-times.ts';
import { queryPayment } from './query-payment.ts';
import { recordCreateAnswer } from './record-create-answer.ts';
import { alertHoldEnding, alertOverdue } from './waiting.ts';

const RETRY_CLOSE_MS = MINUTE_MS;

/** Lets the attempt be asked for as soon as a worker is free. */
export async function pollSoon(tx: Tx, paymentId: string): Promise<void> {
  if (!(await enqueue(tx, paymentPoll, { paymentId }, { key: paymentId }))) {
    await moveJob(tx, paymentPoll, paymentId, tx.now);
  }
}

/** Lets the attempt be asked for at `runAt`, unless it is asked for sooner anyway. */
export async function pollBy(tx: Tx, paymentId: string, runAt: number): Promise<void> {
  if (!(await enqueue(tx, paymentPoll, { paymentId }, { key: paymentId, runAt }))) {
    await hastenJob(tx, paymentPoll, paymentId, runAt);
  }
}

/** One run of `payment.poll`. */
export async function pollPayment(deps: PaymentsDeps, job: JobRun<{ paymentId: string }>): Promise<void> {
  const startedAt = deps.clock.now();
  const row = await findPayment(deps.db, job.payload.paymentId);
  if (row !== undefined && row.status !== 'succeeded') {
    await askProvider(deps, row);
  }
  await deps.db.tx('payment.reschedule_poll', async (tx) => {
    const present = await findPayment(tx, job.payload.paymentId);
    const nextAt = present === undefined ? null : nextOf(deps, present, { startedAt, now: tx.now });
    await (nextAt === null ? job.complete(tx) : job.reschedule(tx, nextAt));
  });
}

async function askProvider(deps: PaymentsDeps, row: PaymentRow): Promise<void> {
  const now = deps.clock.now();
  if (isOpen(row.status)) {
    await watchDeadlines(deps, row);
  }
  const isToBeVoided = row.reason === VOID_REQUESTED;
  if (isOpen(row.status) && row.mismatch === null && (isAbandoned(row, now) || isToBeVoided)) {
    await closeAttempt(deps, row);
    return;
  }
  if (row.settlement === 'on_delivery' && row.status === 'created' && row.call_started_at === null) {
    // Approved while its buyer was away: nothing is left for them to do.
    await recordCreateAnswer(deps, row, await reachGatewayOf(deps, row).createPayment(toRequest(row)));
    return;
  }
  if (row.settlement !== 'online' || row.status === 'requires_review') {
    // There is nobody to ask.
    return;
  }
  const { applied } = await queryPayment(deps, row, 'poll');
  if (applied.kind === 'still_open') {
    await reachGatewayOf(deps, row).closePayment(toKnown(row));
  }
}

/** Tells a person of a review or a provider that takes too long, and of a hold that ends soon. */
async function watchDeadlines(deps: PaymentsDeps, row: PaymentRow): Promise<void> {
  const now = deps.clock.now();
  const isOverdue = row.held_until !== null && row.held_until <= now;
  const isEnding =
    row.status === 'authorized' &&
    row.authorised_until !== null &&
    row.authorised_until - HOLD_WARNING_MS <= now;
  if (isOverdue || isEnding) {
    await deps.db.tx('payment.watch_deadlines', async (tx) => {
      if (isOverdue) {
        await alertOverdue(tx, row);
      }
      if (isEnding) {
        await alertHoldEnding(tx, row);
      }
    });
  }
}

interface RunTimes {
  readonly startedAt: number;
  readonly now: number;
}

function nextOf(deps: PaymentsDeps, row: PaymentRow, times: RunTimes): number | null {
  const { now } = times;
  if (row.status === 'succeeded') {
    return null;
  }
  if (isOpen(row.status)) {
    const regular = nextRunAt(row, now);
    return regular === null ? null : Math.min(regular, wantedAgainAt(row, times));
  }
  return row.settlement === 'online'
    ? nextSweepAt(row, gatewayOf(deps, row).capabilities.lateMoneyWindowMs, now)
    : null;
}

/**
 * A hint that comes while the provider is being asked can not move this job, and what it hints at may be newer than the
 * answer: so a query that somebody wanted just before or during this run is made once more, five seconds after the wish.
 */
function wantedAgainAt({ last_queried_at: wantedAt }: PaymentRow, { startedAt, now }: RunTimes): number {
  const isFresh = wantedAt > startedAt - MINIMUM_QUERY_INTERVAL_MS;
  return isFresh ? Math.max(now, wantedAt + MINIMUM_QUERY_INTERVAL_MS) : Infinity;
}

/** One run of `payment.close_others`: the purpose is paid, so nothing else may take money for it. */
export async function closeOthers(deps: PaymentsDeps, job: JobRun<Purpose>): Promise<void> {
  const purpose = purposeOf({ purpose_type: job.payload.type, purpose_id: job.payload.id });
  const { waitUntil } = await closeOpenAttempts(deps, purpose);
  await deps.db.tx('payment.end_close_others', async (tx) => {
    const left = (await findOpenPayments(tx, purpose)).filter(
      ({ status, is_surplus }) => status !== 'authorized' || is_surplus === 1,
    );
    const isDone = left.every(({ mismatch }) => mismatch !== null);
    await (isDone ? job.complete(tx) : job.reschedule(tx, waitUntil ?? tx.now + RETRY_CLOSE_MS));
  });
}
