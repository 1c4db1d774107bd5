/** Which files of an account there are: what decides whether something that is missing is only carried. */
import type { Reader } from '../../kernel/db/index.ts';
import type { ProviderAccount } from '../payments/index.ts';
import { addDays, dateOf } from './bill-day.ts';
import { findRunsOfAccount } from './bill-run-repository.ts';
import { CUT_OFF_MARGIN_MS } from './difference.ts';
import type { BillLineRow } from './tables.ts';

export interface AccountDays {
  /** Whether the line belongs to the newest file of its day; lines of older downloads are leftovers. */
  isCurrent(line: Pick<BillLineRow, 'run_id' | 'generation'>): boolean;
  /** Whether the day after `date` has been looked at. */
  isNextFileThere(date: string): boolean;
  /** Whether every file has been looked at in which something of that moment may stand. */
  areFilesThere(occurredAt: number): boolean;
}

export async function readAccountDays(
  db: Reader,
  { provider, merchantAccount }: ProviderAccount,
  timeZone: string,
): Promise<AccountDays> {
  const runs = await findRunsOfAccount(db, provider, merchantAccount);
  const generations = new Map(runs.map((run) => [run.id, run.generation]));
  const dates = new Set(runs.filter((run) => run.generation > 0).map((run) => run.bill_date));
  const first = runs.map((run) => run.bill_date).sort()[0] ?? '';
  // Before the first day that was ever asked for there are no files to wait for.
  const isThere = (date: string) => dates.has(date) || date < first;
  return {
    isCurrent: (line) => generations.get(line.run_id) === line.generation,
    isNextFileThere: (date) => dates.has(addDays(date, 1)),
    areFilesThere: (occurredAt) =>
      [-CUT_OFF_MARGIN_MS, 0, CUT_OFF_MARGIN_MS].every((shift) =>
        isThere(dateOf(occurredAt + shift, timeZone)),
      ),
  };
}
