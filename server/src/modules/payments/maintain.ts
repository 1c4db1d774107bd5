/** Jobs that keep the tables of this module as they should be. */
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { eraseOld } from '../../kernel/db/index.ts';
import { moveJob } from '../../kernel/jobs/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { refundPoll } from './jobs.ts';

const NUDGE_INTERVAL_MS = MINUTE_MS;
const RAW_BODY_KEPT_MS = 180 * DAY_MS;
const PAGE = 200;

/** One run of `refund.nudge`: the provider's open refunds that nobody asked for within a minute are asked for now. */
export async function nudgeRefunds(deps: PaymentsDeps, provider: string): Promise<void> {
  let after = '';
  for (;;) {
    const rows = await deps.db.query
      .selectFrom('refunds')
      .select('id')
      .where('status', 'in', ['sent', 'unknown', 'abnormal'])
      .where('provider', '=', provider)
      .where('last_queried_at', '<=', deps.clock.now() - NUDGE_INTERVAL_MS)
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    for (const { id } of rows) {
      await deps.db.tx('refund.nudge', (tx) => moveJob(tx, refundPoll, id, tx.now));
    }
    after = rows.at(-1)?.id ?? '';
    if (rows.length < PAGE) {
      return;
    }
  }
}

/** One run of `provider_event.erase`: the raw bytes go, the fact that they came stays. */
export async function eraseRawBodies(deps: PaymentsDeps): Promise<void> {
  const before = deps.clock.now() - RAW_BODY_KEPT_MS;
  for (;;) {
    const rows = await deps.db.query
      .selectFrom('provider_events')
      .select('id')
      .where('received_at', '<', before)
      .where('body', 'is not', null)
      .limit(PAGE)
      .execute();
    if (rows.length === 0) {
      return;
    }
    const ids = rows.map(({ id }) => id);
    await deps.db.tx('provider_event.erase', (tx) =>
      tx.query
        .updateTable('provider_events')
        .set({ body: null, headers: '{}' })
        .where('id', 'in', ids)
        .execute(),
    );
  }
}

/** One run of `payment.erase`: from where and with which device somebody paid goes, the attempt stays. */
export function eraseOrigins({ db, clock, originKeptMs }: PaymentsDeps): Promise<void> {
  return eraseOld(db, {
    name: 'payment.erase',
    before: clock.now() - originKeptMs,
    async read(after, limit) {
      const rows = await db.query
        .selectFrom('payments')
        .select(['id', 'created_at', 'client_ip', 'device_hash'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id, created_at: madeAt, client_ip: ip, device_hash: device }) => ({
        ...{ id, madeAt, isErased: ip === null && device === null },
      }));
    },
    erase: (tx, ids) =>
      tx.query
        .updateTable('payments')
        .set({ client_ip: null, device_hash: null })
        .where('id', 'in', ids)
        .execute(),
  });
}
