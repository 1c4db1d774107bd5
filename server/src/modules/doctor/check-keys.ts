/**
 * I11: an Idempotency-Key has at most one successful answer. The key's hash is the primary key of its row, so what could
 * still go wrong is two keys that share a claim, an answer that is none, or one that is kept for less than its time.
 */
import type { Reader } from '../../kernel/db/index.ts';
import type { Violation } from './invariants.ts';

const MAX_VIOLATIONS = 100;

const violation = (subject: string, message: string): Violation => ({ invariant: 'I11', subject, message });

/** All keys that are still kept. */
export async function checkKeys(db: Reader): Promise<Violation[]> {
  return [...(await findSharedClaims(db)), ...(await findUnplayable(db))];
}

async function findSharedClaims(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('idempotency_keys')
    .select((select) => ['claim_id', select.fn.countAll<number>().as('count')])
    .groupBy('claim_id')
    .having((having) => having.fn.countAll<number>(), '>', 1)
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ claim_id: id, count }) => violation(id, `${count} keys claim the same row`));
}

async function findUnplayable(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('idempotency_keys')
    .select(['id', 'status'])
    .where((where) =>
      where.or([
        where('status', '<', 200),
        where('status', '>', 299),
        where.and([where('status', 'is not', null), where('answer', 'is', null)]),
        where.and([where('status', 'is', null), where('answer', 'is not', null)]),
      ]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, status }) =>
    violation(id, status === null ? 'an answer without a status' : `${status} without an answer to replay`),
  );
}
