/**
 * One run of `topup.send`: the only place that makes an operator deliver.
 *
 * Invariant: a top-up is sent at most once (RULES 13). The token is fetched first. Then one transaction moves the order
 * `unfulfilled → in_progress` and writes `recharge_at`, `send_until` and this run's token into the top-up; only the run
 * whose update did that sends, once, and only if its first byte leaves within 5 s of the claim by the monotonic clock.
 * Every other run, this one's repetition included, finds the claim and sends nothing.
 *
 * Crash story: dying before the claim leaves a paid top-up whose job is run again. Dying after it leaves `in_progress`
 * with the claim; nobody sends it again, and the job's next run gives it up as unknown once the answer is overdue. An
 * answer that came is recorded under the claim whatever has become of the job's lease (RULES 20).
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '../../kernel/actor.ts';
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { commitUnknown, isError } from '../../kernel/errors.ts';
import { randomCode } from '../../kernel/ids.ts';
import type { JobRun } from '../../kernel/jobs/index.ts';
import type { DeliveryResult, SendPermit } from '../../operators/operator.ts';
import type { OrderRow } from '../orders/index.ts';
import { operatorOf, type TopupsDeps } from './deps.ts';
import { type TopupJob, topupSend } from './jobs.ts';
import { type Claim, giveBack, recordResult } from './record-result.ts';
import { claimTopup, findTopup } from './repository.ts';
import type { TopupRow } from './tables.ts';
import { answerDueAt, SEND_WITHIN_MS, toDeliveryRequest } from './topup.ts';

const by = systemActor(topupSend.name);

/** A slow operator may hold as many runs of a worker, and leaves it the others. */
const MAX_AT_ONCE = 4;
const WAIT_FOR_ROOM_MS = SECOND_MS;
/** How soon a paid top-up that may not be sent now, because of a dispute, is looked at again. */
const LOOK_AGAIN_MS = 10 * MINUTE_MS;
/** A database that is away for a moment must not cost the operator's answer. */
const RECORD_AGAIN_AFTER_MS = [250, SECOND_MS, 4 * SECOND_MS, 15 * SECOND_MS];

const NO_ANSWER = {
  outcome: 'unknown',
  reason: {
    code: 'no_answer',
    message: 'Whoever sent it has had no answer, or has not lived to write it down.',
  },
} as const;

/** The work of one process on top-ups, with how many it is sending now. */
export function createSendTopup(deps: TopupsDeps): (job: JobRun<TopupJob>) => Promise<void> {
  let sending = 0;

  return async (job) => {
    const { topupId } = job.payload;
    const topup = await findTopup(deps.db, topupId);
    if (topup === undefined) {
      throw new Error(`there is no top-up ${topupId}`);
    }
    if (topup.recharge_at === null) {
      if (sending >= MAX_AT_ONCE) {
        await deps.db.tx('topup.wait_for_room', (tx) => job.reschedule(tx, tx.now + WAIT_FOR_ROOM_MS));
        return;
      }
      sending += 1;
      try {
        await send(deps, topup);
      } finally {
        sending -= 1;
      }
    }
    await deps.db.tx('topup.end_run', (tx) => endRun(tx, deps, job));
  };
}

/** Claims and sends it. Throws where nothing was sent and another run shall try. */
async function send(deps: TopupsDeps, topup: TopupRow): Promise<void> {
  const operator = operatorOf(deps, topup.operator);
  const prepared = await operator.prepare();
  if (prepared.outcome === 'unavailable') {
    throw new Error(`${topup.operator} can not be sent to: ${prepared.reason.code}`);
  }
  const claim = { topupId: topup.id, orderId: topup.order_id, token: randomCode(26) };
  // The clock starts before the claim, so that what the commit takes counts too.
  const claimedAt = performance.now();
  if (!(await claimOrLetGo(deps, claim))) {
    return;
  }
  const result = await deliver(deps, topup, prepared.permit, claimedAt);
  if (result.outcome === 'not_sent') {
    await letGo(deps, claim, result);
    throw new Error(`${topup.operator} was not sent to: ${result.reason.code}`);
  }
  await keepTrying(deps, () => deps.db.tx('topup.record', (tx) => recordResult(tx, deps, claim, result)));
}

function deliver(
  deps: TopupsDeps,
  topup: TopupRow,
  permit: SendPermit,
  claimedAt: number,
): Promise<DeliveryResult> {
  const startWithinMs = SEND_WITHIN_MS - (performance.now() - claimedAt);
  return operatorOf(deps, topup.operator).deliver(toDeliveryRequest(topup), permit, startWithinMs);
}

/** Whether this run may send. Where the claim's commit has no outcome, it may not, and gives the claim back if there is one. */
async function claimOrLetGo(deps: TopupsDeps, claim: Claim): Promise<boolean> {
  try {
    return await deps.db.tx('topup.claim', (tx) => claimForRun(tx, deps, claim));
  } catch (error) {
    if (isError(error, commitUnknown)) {
      const reason = {
        code: 'claim_unknown',
        message: 'Whether it was claimed is not known; it was not sent.',
      };
      await letGo(deps, claim, { outcome: 'not_sent', reason });
    }
    throw error;
  }
}

async function claimForRun(
  tx: Tx,
  { orders }: TopupsDeps,
  { topupId, orderId, token }: Claim,
): Promise<boolean> {
  if ((await orders.delivery.claim(tx, orderId, by)) === undefined) {
    return false;
  }
  if (!(await claimTopup(tx, topupId, token, tx.now + SEND_WITHIN_MS))) {
    throw new Error(`top-up ${topupId} was claimed before, but its order was not`);
  }
  return true;
}

async function letGo(
  deps: TopupsDeps,
  claim: Claim,
  result: Extract<DeliveryResult, { readonly outcome: 'not_sent' }>,
): Promise<void> {
  await keepTrying(deps, () =>
    deps.db.tx('topup.give_back', async (tx) => {
      await giveBack(tx, deps, claim, result);
    }),
  );
}

async function keepTrying({ log }: TopupsDeps, write: () => Promise<void>): Promise<void> {
  for (const waitMs of RECORD_AGAIN_AFTER_MS) {
    try {
      await write();
      return;
    } catch (error) {
      log.error({ err: error, nextInMs: waitMs }, 'what became of a top-up could not be written down');
      await sleep(waitMs);
    }
  }
  await write();
}

/** Gives up an answer that is overdue, and ends the job where nothing is left to do. */
async function endRun(tx: Tx, deps: TopupsDeps, job: JobRun<TopupJob>): Promise<void> {
  const { topupId } = job.payload;
  const seen = await findTopup(tx, topupId);
  const order = seen && (await tx.lock('orders', seen.order_id));
  const topup = await findTopup(tx, topupId);
  if (order?.fulfilment_status === 'in_progress' && topup?.claim_token) {
    const dueAt = answerDueAt(topup);
    if (tx.now < dueAt) {
      await job.reschedule(tx, dueAt);
      return;
    }
    await giveUp(tx, deps, topup, topup.claim_token);
  }
  await (order !== undefined && isStillDue(order)
    ? job.reschedule(tx, tx.now + LOOK_AGAIN_MS)
    : job.complete(tx));
}

/** Nobody waits for the answer any more; it may have been delivered. */
async function giveUp(tx: Tx, deps: TopupsDeps, topup: TopupRow, token: string): Promise<void> {
  await recordResult(tx, deps, { topupId: topup.id, orderId: topup.order_id, token }, NO_ANSWER);
}

function isStillDue(order: OrderRow): boolean {
  return (
    order.fulfilment_status === 'unfulfilled' &&
    order.status === 'confirmed' &&
    order.payment_status === 'paid'
  );
}
