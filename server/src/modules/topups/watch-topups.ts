/**
 * What is looked after by the clock. Every minute: paid top-ups that nobody has claimed get a run, whatever has become of
 * the one that they had. Every five minutes: those that wait for a person are reported. Neither sends anything itself.
 */
import { systemActor } from '../../kernel/actor.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { listOpen, resolveAlert } from '../alerts/index.ts';
import type { TopupsDeps } from './deps.ts';
import { planSend } from './fulfiller.ts';
import { topupReport } from './jobs.ts';
import { setAwaits } from './repository.ts';
import { FAILED_ALERT, raiseTopupAlert, UNKNOWN_ALERT } from './settle-topup.ts';
import type { TopupRow } from './tables.ts';
import { PICK_UP_AFTER_MS } from './topup.ts';

const PICKED_UP_AT_ONCE = 200;
const REPORTED_AT_ONCE = 200;
const SHOWN = 20;
const REPORTED_FOR_MS = 5 * MINUTE_MS;

/** One run of `topup.pick_up`. Answers how many had no run of their own. */
export async function pickUpTopups({ db, clock, log }: TopupsDeps): Promise<number> {
  const due = await db.query
    .selectFrom('topups')
    .innerJoin('orders', 'orders.id', 'topups.order_id')
    .select('topups.id')
    .where('topups.recharge_at', 'is', null)
    .where('topups.paid_at', '<=', clock.now() - PICK_UP_AFTER_MS)
    .where('orders.status', '=', 'confirmed')
    .where('orders.payment_status', '=', 'paid')
    .where('orders.fulfilment_status', '=', 'unfulfilled')
    .orderBy('topups.paid_at')
    .limit(PICKED_UP_AT_ONCE)
    .execute();
  let found = 0;
  for (const { id } of due) {
    found += (await db.tx('topup.pick_up', (tx) => planSend(tx, id))) ? 1 : 0;
  }
  if (found > 0) {
    log.warn({ topups: found }, 'paid top-ups had no job, and were picked up');
  }
  return found;
}

/** Those that a person is waited for, the unknown ones first, each group from the oldest on. */
export async function findAwaiting(
  reader: Reader,
  awaits: NonNullable<TopupRow['awaits_person']>,
  limit: number,
): Promise<TopupRow[]> {
  return reader.query
    .selectFrom('topups')
    .selectAll()
    .where('awaits_person', '=', awaits)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** One run of `topup.report`: a line of the log, and an alert for each that has none open. */
export async function reportTopups(deps: TopupsDeps): Promise<void> {
  await dropSettled(deps);
  const unknown = await findAwaiting(deps.db, 'unknown', REPORTED_AT_ONCE);
  const failed = await findAwaiting(deps.db, 'failed', REPORTED_AT_ONCE);
  const refused = await countRefused(deps);
  for (const topup of [...unknown, ...failed]) {
    await alertAgain(deps, topup);
  }
  if (unknown.length + failed.length + refused > 0) {
    const ids = [...unknown, ...failed].slice(0, SHOWN).map(({ id }) => id);
    const counts = { unknown: unknown.length, failed: failed.length, refusedLately: refused };
    deps.log.warn({ ...counts, topups: ids }, 'top-ups wait for a person, or were refused');
  }
}

/** How many the operators have refused since the report before. */
async function countRefused({ db, clock }: TopupsDeps): Promise<number> {
  const { total } = await db.query
    .selectFrom('topups')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where('result', '=', 'refused')
    .where('result_at', '>', clock.now() - REPORTED_FOR_MS)
    .executeTakeFirstOrThrow();
  return total;
}

async function alertAgain({ db }: TopupsDeps, topup: TopupRow): Promise<void> {
  const awaits = topup.awaits_person;
  const kind = awaits === 'unknown' ? UNKNOWN_ALERT : FAILED_ALERT;
  const open = await listOpen(db, [topup.id]);
  if (awaits !== null && !open.some((alert) => alert.kind === kind)) {
    await db.tx('topup.alert_again', (tx) =>
      raiseTopupAlert(tx, topup, awaits, topup.result_code ?? undefined),
    );
  }
}

/** The money of one that failed was returned by another way than the top-up's own, such as by cancelling its order. */
async function dropSettled({ db }: TopupsDeps): Promise<void> {
  const settled = await db.query
    .selectFrom('topups')
    .innerJoin('orders', 'orders.id', 'topups.order_id')
    .select('topups.id')
    .where('topups.awaits_person', '=', 'failed')
    .where('orders.fulfilment_status', '<>', 'failed')
    .limit(REPORTED_AT_ONCE)
    .execute();
  for (const { id } of settled) {
    await db.tx('topup.drop_settled', async (tx) => {
      await setAwaits(tx, id, null);
      await resolveAlert(tx, {
        kind: FAILED_ALERT,
        subject: id,
        by: systemActor(topupReport.definition.name),
      });
    });
  }
}
