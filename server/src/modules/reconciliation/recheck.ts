/**
 * Looks at differences once more, because something may have changed since: the file of the next day, the provider's
 * answer, a person who confirmed a transfer. Invariant: a difference goes only when the same comparison that found it does
 * not find it any more.
 *
 * Crash story: each page is one transaction; what is not looked at now is looked at by the next run of the account.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Actor, systemActor } from '../../kernel/actor.ts';
import type { Reader } from '../../kernel/db/index.ts';
import { readAccountDays } from './account-days.ts';
import { findLinesByTransaction } from './bill-line-repository.ts';
import type { BillSource } from './bill-source.ts';
import { type Comparison, compareLines, findMissingThere } from './compare-lines.ts';
import type { ReconciliationDeps } from './deps.ts';
import type { Finding } from './difference.ts';
import { explain, pageDifferences, recordFindings, refreshAlert } from './difference-repository.ts';
import type { BillDifferenceRow, BillLineRow, BillRunRow } from './tables.ts';

const PAGE = 100;

/** What a look at a difference finds now: the same, something else, or nothing; `undefined` when it can not be told. */
type Look = readonly Finding[] | undefined;

async function findLine(comparison: Comparison, row: BillDifferenceRow): Promise<BillLineRow | undefined> {
  const { db, account, days } = comparison;
  const lines = await findLinesByTransaction(db, account, [row.transaction_id ?? '']);
  return lines.find(
    (line) => line.run_id === row.line_run_id && line.position === row.line_position && days.isCurrent(line),
  );
}

async function lookAtLine(comparison: Comparison, row: BillDifferenceRow): Promise<Look> {
  const line = await findLine(comparison, row);
  if (line === undefined) {
    return undefined;
  }
  const { compared } = await compareLines(comparison, [line]);
  return compared.flatMap(({ finding }) => finding ?? []);
}

async function lookAtMoney(comparison: Comparison, row: BillDifferenceRow): Promise<Look> {
  const book = comparison.books.find(({ type }) => type === row.type);
  if (book === undefined) {
    return undefined;
  }
  const keys = [{ transactionId: row.transaction_id, number: row.number }];
  const found = await book.find(comparison.db, comparison.account, keys);
  const money = found.filter(({ id, status }) => id === row.local_id && status === 'succeeded');
  return findMissingThere(comparison, book, money);
}

const look = (comparison: Comparison, row: BillDifferenceRow) =>
  row.kind === 'missing_there' ? lookAtMoney(comparison, row) : lookAtLine(comparison, row);

async function writeLook(
  deps: ReconciliationDeps,
  row: BillDifferenceRow,
  findings: readonly Finding[],
  note: string,
  by: Actor,
): Promise<boolean> {
  return deps.db.tx('bill.recheck', async (tx) => {
    const run = (await tx.lock('bill_runs', row.run_id)) as BillRunRow;
    const present = (await tx.lock('bill_differences', row.id)) as BillDifferenceRow;
    const isStill = findings.some(({ kind, subject }) => kind === row.kind && subject === row.subject);
    const isUndecided = present.state === 'open' || present.state === 'carried';
    if (!isStill && isUndecided) {
      await explain(tx, present, note, by);
    }
    await recordFindings(tx, run, findings, by);
    await refreshAlert(tx, run, by);
    return !isStill && isUndecided;
  });
}

async function comparisonFor(deps: ReconciliationDeps, source: BillSource, db: Reader): Promise<Comparison> {
  const account = { provider: source.provider, merchantAccount: source.merchantAccount };
  const days = await readAccountDays(db, account, source.timeZone);
  return { db, account, books: deps.books, days, areFeesAgreed: source.doFeesVary !== true };
}

/** Looks at the rows, which are of one account; answers how many are gone. `note` says what has cleared them up. */
export async function recheck(
  deps: ReconciliationDeps,
  source: BillSource,
  rows: readonly BillDifferenceRow[],
  note: string,
  by: Actor = systemActor('bill.reconcile'),
): Promise<number> {
  const comparison = await comparisonFor(deps, source, deps.db);
  let gone = 0;
  for (const row of rows) {
    const findings = await look(comparison, row);
    if (findings !== undefined && (await writeLook(deps, row, findings, note, by))) {
      gone += 1;
    }
    await nextTurn();
  }
  return gone;
}

/** Looks at everything undecided that other days of the account have left. */
export async function recheckOtherDays(
  deps: ReconciliationDeps,
  source: BillSource,
  run: BillRunRow,
): Promise<void> {
  const wanted = {
    account: { provider: run.provider, merchant_account: run.merchant_account },
    ...{ notRunId: run.id, states: ['carried', 'open'] as const },
    ...{ kinds: ['missing_here', 'missing_there', 'status'] as const, limit: PAGE },
  };
  for (let after = ''; ; ) {
    const rows = await pageDifferences(deps.db, { ...wanted, after });
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    await recheck(deps, source, rows, `cleared up with the file of ${run.bill_date}`);
    after = last.id;
  }
}
