/**
 * How workers share the jobs: whoever writes its token and an end of the lease into a due row may run it. A row whose
 * lease has run out is due again, because its worker died or lost the database.
 */
import { type Db, type Engine, statement, type Tx } from '../db/index.ts';
import { newId } from '../ids.ts';
import type { JobDefinition, JobRow } from './types.ts';

const DEFAULT_LEASE_MS = 60_000;

/** A job that is ours until its lease ends. */
export interface ClaimedJob extends JobRow {
  readonly lease_token: string;
}

/**
 * `skip_locked` locks the rows it reads and passes over those that others hold; `conditional_update` needs no row locks
 * and lets the update decide, for engines without them.
 */
export type ClaimStrategy = 'skip_locked' | 'conditional_update';

const STRATEGIES: Readonly<Record<Engine, ClaimStrategy>> = {
  sqlite: 'conditional_update',
  postgres: 'skip_locked',
  mysql: 'skip_locked',
};

/** How long a lease lasts (ms) before it must have been renewed. */
export function leaseMsOf(definition: JobDefinition<unknown>): number {
  return definition.leaseMs ?? DEFAULT_LEASE_MS;
}

/** The names of each version of payload: a job of a newer version is left alone for a node that knows it (RULES 20). */
function namesByVersion(definitions: readonly JobDefinition<unknown>[]): [number, string[]][] {
  const names = new Map<number, string[]>();
  for (const { name, version } of definitions) {
    names.set(version, [...(names.get(version) ?? []), name]);
  }
  return [...names];
}

function dueJobs(definitions: readonly JobDefinition<unknown>[], isLocking: boolean) {
  const known = namesByVersion(definitions);
  return statement<{ now: number; limit: number }, JobRow>((query, p) => {
    const due = query
      .selectFrom('jobs')
      .selectAll()
      .where('state', '=', 'waiting')
      .where('run_at', '<=', p.now)
      .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', p.now)]))
      .where((where) =>
        where.or(
          known.map(([version, names]) =>
            where.and([where('name', 'in', names), where('version', '<=', version)]),
          ),
        ),
      )
      .orderBy('run_at')
      .orderBy('id')
      .limit(p.limit);
    return isLocking ? due.forUpdate().skipLocked() : due;
  });
}

const takeOver = statement<{
  id: string;
  oldToken: string;
  token: string;
  until: number;
  attempts: number;
  error: string;
  now: number;
}>((query, p) =>
  query
    .updateTable('jobs')
    .set({ lease_token: p.token, lease_until: p.until, attempts: p.attempts, last_error: p.error })
    .where('id', '=', p.id)
    .where('lease_token', '=', p.oldToken)
    .where('lease_until', '<', p.now),
);

export interface Claims {
  /** Claims due jobs, the longest due first, at most `limit`. */
  claim(limit: number): Promise<ClaimedJob[]>;
}

interface ClaimParts {
  readonly db: Db;
  readonly now: () => number;
  /** Kinds of jobs that this worker can run; it leaves all others alone. */
  readonly definitions: readonly JobDefinition<unknown>[];
  readonly strategy?: ClaimStrategy | undefined;
}

/** The claims of one worker. */
export function createClaims({ db, now, definitions, strategy = STRATEGIES[db.engine] }: ClaimParts): Claims {
  const readDue = dueJobs(definitions, false);
  const lockDue = dueJobs(definitions, true);
  const leaseMs = new Map(definitions.map((definition) => [definition.name, leaseMsOf(definition)]));

  /** Tries to take each of the rows, and answers those that were still free, as they are now. */
  async function take(tx: Tx, due: readonly JobRow[], at: number): Promise<ClaimedJob[]> {
    const token = newId('lea');
    const untilOf = (row: JobRow) => at + (leaseMs.get(row.name) ?? DEFAULT_LEASE_MS);
    const fresh = due.filter((row) => row.lease_token === null);
    for (const [until, rows] of Map.groupBy(fresh, untilOf)) {
      await takeFresh(
        tx,
        rows.map((row) => row.id),
        { token, until, now: at },
      );
    }
    for (const row of due) {
      if (row.lease_token !== null) {
        await takeOver.send(tx, {
          id: row.id,
          oldToken: row.lease_token,
          token,
          until: untilOf(row),
          attempts: row.attempts + 1,
          error: 'the run before this one did not end: its process died or lost the database',
          now: at,
        });
      }
    }
    return readTaken(
      tx,
      due.map((row) => row.id),
      token,
    );
  }

  return {
    async claim(limit) {
      if (definitions.length === 0) {
        return [];
      }
      const at = now();
      // A plain read first: an idle worker opens no transaction.
      const seen = await readDue.all(db, { now: at, limit });
      if (seen.length === 0) {
        return [];
      }
      return db.tx('job.claim', async (tx) => {
        const due = strategy === 'skip_locked' ? await lockDue.all(tx, { now: at, limit }) : seen;
        return due.length === 0 ? [] : take(tx, due, at);
      });
    },
  };
}

async function takeFresh(
  tx: Tx,
  ids: string[],
  { token, until, now }: { readonly token: string; readonly until: number; readonly now: number },
): Promise<void> {
  await tx.query
    .updateTable('jobs')
    .set({ lease_token: token, lease_until: until })
    .where('id', 'in', ids.sort())
    .where('state', '=', 'waiting')
    .where('run_at', '<=', now)
    .where('lease_token', 'is', null)
    .execute();
}

async function readTaken(tx: Tx, ids: string[], token: string): Promise<ClaimedJob[]> {
  const rows = await tx.query
    .selectFrom('jobs')
    .selectAll()
    .where('id', 'in', ids)
    .where('lease_token', '=', token)
    .orderBy('run_at')
    .orderBy('id')
    .execute();
  return rows as ClaimedJob[];
}
