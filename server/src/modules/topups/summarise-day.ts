/** One run of `topup.summarise`: writes down what the day before has brought, once for each day. */
import { DAY_MS } from '../../kernel/clock.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import type { TopupsDeps } from './deps.ts';
import { topupDaySummarised } from './events.ts';
import { dayOf, type Figures, readFigures, startOfDay } from './statistics.ts';

/** Days on which nothing ran are made up for, this far back. */
const MADE_UP_DAYS = 7;
const LISTED = 60;

export interface Summary {
  readonly day: string;
  readonly figures: Figures;
  readonly createdAt: number;
}

export async function summariseDays(deps: TopupsDeps): Promise<void> {
  const today = startOfDay(dayOf(deps.clock.now()));
  for (let back = MADE_UP_DAYS; back >= 1; back -= 1) {
    await summariseDay(deps, dayOf(today - back * DAY_MS));
  }
}

async function summariseDay({ db, log }: TopupsDeps, day: string): Promise<void> {
  const known = await db.query
    .selectFrom('topup_summaries')
    .select('day')
    .where('day', '=', day)
    .executeTakeFirst();
  if (known !== undefined) {
    return;
  }
  const from = startOfDay(day);
  const figures = await readFigures(db, { from, until: from + DAY_MS });
  const isNew = await db.tx('topup.summarise', async (tx) => {
    const row = { day, figures: JSON.stringify(figures), created_at: tx.now };
    if (!(await tx.insertOnce('topup_summaries', row))) {
      return false;
    }
    await publish(tx, topupDaySummarised, day, { day });
    return true;
  });
  if (isNew && figures.groups.length > 0) {
    log.info({ day, revenue: figures.revenue }, 'what the top-ups of a day have brought');
  }
}

/** The newest summaries first. */
export async function listSummaries(reader: Reader): Promise<Summary[]> {
  const rows = await reader.query
    .selectFrom('topup_summaries')
    .selectAll()
    .orderBy('day', 'desc')
    .limit(LISTED)
    .execute();
  return rows.map(({ day, figures, created_at: createdAt }) => ({
    ...{ day, createdAt },
    figures: JSON.parse(figures) as Figures,
  }));
}
