/** Privacy: what could tell where somebody was and with which device is kept for a time, counters only while they count. */
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/db/index.ts';
import { defineCron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { pruneCounts } from './velocity.ts';

const PAGE = 500;

export const riskPrune = defineCron({ name: 'risk.prune', cron: '53 3 * * *' });

/** The score with its reasons and a person's decision stay: they say why an order was held. */
async function eraseSignals(db: Db, before: number): Promise<void> {
  for (;;) {
    const rows = await db.query
      .selectFrom('risk_assessments')
      .select('id')
      .where('created_at', '<', before)
      .where('signals', 'is not', null)
      .limit(PAGE)
      .execute();
    if (rows.length === 0) {
      return;
    }
    const ids = rows.map(({ id }) => id);
    await db.tx('risk.erase', (tx) =>
      tx.query
        .updateTable('risk_assessments')
        .set({ signals: null, device_hash: null, address_hash: null })
        .where('id', 'in', ids)
        .execute(),
    );
  }
}

/** The handler of {@link riskPrune}; a window is `windowMs` long. */
export function handleRiskPrune(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly originKeptMs: number;
  readonly windowMs: number;
}): JobHandler {
  const { db, clock, originKeptMs, windowMs } = deps;
  return handleJob(riskPrune.definition, async () => {
    await eraseSignals(db, clock.now() - originKeptMs);
    await db.tx('risk.prune', (tx) => pruneCounts(tx, tx.now - windowMs));
  });
}
