/**
 * Compares the file of a day with our books and writes down what does not agree. Invariant: what is found is what a look at
 * the whole day would find; it is read in pages by indexed look-ups, so the cost grows with the day and not with the shop.
 *
 * Crash story: findings are written page by page under the run's pass; a day that died in between is `waiting` and is run
 * again, which finds the same rows by their unique key. Fees are posted in the transaction that ends the pass, and only
 * what was not posted before.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemActor } from '../../kernel/actor.ts';
import { insertRows, type Tx } from '../../kernel/db/index.ts';
import { accruedFeesAccount, feesAccount } from '../ledger/index.ts';
import type { Book } from '../payments/index.ts';
import { readAccountDays } from './account-days.ts';
import { pageLines } from './bill-line-repository.ts';
import { finishRun, lockPass } from './bill-run-repository.ts';
import type { BillSource } from './bill-source.ts';
import { type Comparison, compareLines, findMissingThere } from './compare-lines.ts';
import { accountOf, type ReconciliationDeps } from './deps.ts';
import type { Finding } from './difference.ts';
import { explain, pageDifferences, recordFindings, refreshAlert } from './difference-repository.ts';
import type { BillRunRow, BillSumRow } from './tables.ts';
import { createTally, type Tally } from './tally.ts';

/** So few that a page lives and dies where memory is cheap, and that nothing else waits for it. */
const PAGE = 100;
const BY = systemActor('bill.reconcile');

/** Compares the whole day and ends its pass. Throws {@link RunOvertaken} when another pass has begun meanwhile. */
export async function matchRun(
  deps: ReconciliationDeps,
  source: BillSource,
  run: BillRunRow,
): Promise<BillRunRow> {
  const account = accountOf(run);
  const days = await readAccountDays(deps.db, account, source.timeZone);
  const areFeesAgreed = source.doFeesVary !== true;
  const comparison: Comparison = { db: deps.db, account, books: deps.books, days, areFeesAgreed };
  const tally = createTally();
  await matchLines(deps, comparison, run, tally);
  const { tellsOnly } = source;
  for (const book of deps.books.filter(({ type }) => (tellsOnly ?? type) === type)) {
    await matchBook(deps, comparison, run, book);
  }
  await explainUnseen(deps, run);
  return deps.db.tx('bill.finish', async (tx) => {
    const row = await lockPass(tx, run);
    await writeSums(tx, deps, row, tally);
    await refreshAlert(tx, row, BY);
    return finishRun(tx, row);
  });
}

async function matchLines(
  deps: ReconciliationDeps,
  comparison: Comparison,
  run: BillRunRow,
  tally: Tally,
): Promise<void> {
  for (let after = -1; ; ) {
    const lines = await pageLines(deps.db, run, after, PAGE);
    const last = lines.at(-1);
    if (last === undefined) {
      return;
    }
    const { compared, repeatedLater } = await compareLines(comparison, lines);
    compared.forEach(tally.add);
    const found = compared.flatMap(({ finding }) => finding ?? []);
    await writeFindings(deps, run, [...found, ...repeatedLater]);
    after = last.position;
    await nextTurn();
  }
}

async function matchBook(
  deps: ReconciliationDeps,
  comparison: Comparison,
  run: BillRunRow,
  book: Book,
): Promise<void> {
  const span = { from: run.from_at, to: run.to_at, limit: PAGE };
  for (let after: { occurredAt: number; id: string } | null = null; ; ) {
    const money = await book.page(deps.db, comparison.account, { ...span, after });
    const last = money.at(-1);
    if (last === undefined) {
      return;
    }
    await writeFindings(deps, run, await findMissingThere(comparison, book, money));
    after = { occurredAt: last.occurredAt, id: last.id };
    await nextTurn();
  }
}

async function writeFindings(
  { db }: ReconciliationDeps,
  run: BillRunRow,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length > 0) {
    await db.tx('bill.record', async (tx) => recordFindings(tx, await lockPass(tx, run), findings, BY));
  }
}

/** What an earlier pass has found and this one has not is not there any more. */
async function explainUnseen({ db }: ReconciliationDeps, run: BillRunRow): Promise<void> {
  const wanted = { runId: run.id, states: ['carried', 'open'] as const, seenBefore: run.pass };
  for (let after = ''; ; ) {
    const rows = await pageDifferences(db, { ...wanted, after, limit: PAGE });
    const last = rows.at(-1);
    if (last === undefined) {
      return;
    }
    await db.tx('bill.explain', async (tx) => {
      await lockPass(tx, run);
      for (const row of rows) {
        await explain(tx, row, 'not found any more', BY);
      }
    });
    after = last.id;
  }
}

/** Replaces the sums of the day; what was posted of the fees stays in them. */
async function writeSums(tx: Tx, deps: ReconciliationDeps, run: BillRunRow, tally: Tally): Promise<void> {
  const before = await tx.query.selectFrom('bill_sums').selectAll().where('run_id', '=', run.id).execute();
  const posted = Map.groupBy(before, ({ currency }) => currency);
  const sums = tally.sums().map((sum): BillSumRow => ({ run_id: run.id, ...sum, fee_posted: 0 }));
  for (const currency of new Set([...posted.keys(), ...tally.corrections().keys()])) {
    const already = (posted.get(currency) ?? []).reduce((sum, { fee_posted: fee }) => sum + fee, 0);
    const due = tally.corrections().get(currency) ?? 0;
    await postFees(tx, deps, run, currency, due - already);
    carry(sums, run.id, currency, due);
  }
  await tx.query.deleteFrom('bill_sums').where('run_id', '=', run.id).execute();
  await insertRows(tx, 'bill_sums', sums);
}

/** Notes what is posted in one of the currency's sums, which is made where there is none. */
function carry(sums: BillSumRow[], runId: string, currency: string, posted: number): void {
  const sum = sums.find((one) => one.currency === currency);
  if (sum !== undefined) {
    sum.fee_posted = posted;
    return;
  }
  const none = { bill_count: 0, bill_amount: 0, bill_fee: 0, here_count: 0, here_amount: 0, here_fee: 0 };
  sums.push({ run_id: runId, type: 'payment', currency, ...none, ledger_amount: 0, fee_posted: posted });
}

/** The bill says what the provider has kept: what had accrued is corrected by the difference. */
async function postFees(
  tx: Tx,
  { ledger }: ReconciliationDeps,
  run: BillRunRow,
  currency: string,
  amount: number,
): Promise<void> {
  await ledger.postTransfer(tx, {
    cause: `bill_fee:${run.id}:${currency}:${run.pass}`,
    purpose: { type: 'bill', id: run.id },
    entries: [
      { account: feesAccount(run.provider, currency), amount },
      { account: accruedFeesAccount(run.provider, run.merchant_account, currency), amount: 0 - amount },
    ],
  });
}
