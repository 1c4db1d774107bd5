/**
 * Reads a bill into `bill_lines`. Invariant: the lines that count are those of one whole download; a stream that breaks
 * leaves the lines of the one before in force.
 *
 * Crash story: the batches are transactions of their own under a generation that does not count yet; the last transaction
 * makes it the one that counts. What a crash leaves behind is deleted by the next run of the day.
 */
import type { BillRow } from '../../gateways/gateway.ts';
import type { Db } from '../../kernel/db/index.ts';
import { deleteLines, findGenerations, insertLines } from './bill-line-repository.ts';
import { lockPass, patchRun } from './bill-run-repository.ts';
import type { BillRunRow } from './tables.ts';

/** Few enough that SQLite is not held up, many enough that a commit is worth it. */
const BATCH = 250;

/** Writes the rows under the run's pass and makes them the file that counts. */
export async function stageBill(
  db: Db,
  run: BillRunRow,
  rows: AsyncIterable<BillRow>,
  outcome: 'ready' | 'empty',
): Promise<BillRunRow> {
  let batch: BillRow[] = [];
  let written = 0;
  const flush = async () => {
    const [lines, position] = [batch, written];
    batch = [];
    written += lines.length;
    await db.tx('bill.stage', async (tx) => {
      await lockPass(tx, run);
      await insertLines(tx, run, lines, position);
    });
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length >= BATCH) {
      await flush();
    }
  }
  if (batch.length > 0) {
    await flush();
  }
  const staged = await db.tx('bill.staged', async (tx) => {
    const row = await lockPass(tx, run);
    const set = { generation: run.pass, line_count: written, outcome, reason: null, downloaded_at: tx.now };
    return patchRun(tx, row, set);
  });
  await deleteOtherGenerations(db, staged);
  return staged;
}

/** Deletes what earlier downloads have left, in small transactions. */
export async function deleteOtherGenerations(db: Db, run: BillRunRow): Promise<void> {
  const generations = await findGenerations(db, run.id);
  for (const { generation, first, last } of generations) {
    // A later one is being written by whoever has overtaken this run.
    for (let upTo = first + BATCH; generation < run.pass && generation !== run.generation; upTo += BATCH) {
      await db.tx('bill.clear', (tx) => deleteLines(tx, run.id, generation, upTo));
      if (upTo >= last) {
        break;
      }
    }
  }
}
