/** What `doctor` checks of the jobs behind money that is under way. */
import type { ExpressionBuilder } from 'kysely';
import type { Reader, Schema } from '../../../kernel/db/index.ts';
import type { Violation } from '../../ledger/index.ts';

const MAX_VIOLATIONS = 100;
const PAGE = 500;

interface JobExpectation {
  readonly table: 'payments' | 'captures' | 'refunds';
  readonly statuses: readonly string[];
  readonly jobs: readonly string[];
}

/** What a person has is no job's. */
function isWithoutPerson(where: ExpressionBuilder<Schema, 'payments'>) {
  const refund = where as unknown as ExpressionBuilder<Schema, 'refunds'>;
  return refund.or([refund('by_hand', '=', 0), refund('status', '=', 'reserved')]);
}

/** I10: what is under way has its job. */
export async function findForgotten(
  db: Reader,
  { table, statuses, jobs }: JobExpectation,
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await db.query
      .selectFrom(table as 'payments')
      .select(['id', 'status'])
      .$if(table === 'payments', (query) =>
        // Nobody asks for what is paid on delivery: whoever hands over the goods tells.
        query.where((where) =>
          where.or([where('settlement', '<>', 'on_delivery'), where('status', '<>', 'pending')]),
        ),
      )
      .where('status', 'in', [...statuses] as 'pending'[])
      .where('id', '>', after)
      .$if(table === 'refunds', (query) => query.where(isWithoutPerson))
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const keys = rows.flatMap(({ id }) => jobs.map((job) => `${job}:${id}`));
    const present = await db.query
      .selectFrom('jobs')
      .select('unique_key')
      .where('unique_key', 'in', keys)
      .where('state', '=', 'waiting')
      .execute();
    const waiting = new Set(present.map(({ unique_key: key }) => key));
    for (const { id, status } of rows) {
      if (!jobs.some((job) => waiting.has(`${job}:${id}`))) {
        found.push({ invariant: 'I10', subject: id, message: `${status}, but without ${jobs.join(' or ')}` });
      }
    }
    after = last.id;
  }
  return found;
}
