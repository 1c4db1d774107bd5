/**
 * Imports a bank's file. Invariant: a movement becomes one line however often and in however many overlapping files the
 * bank tells of it (unique key in its account); a line is `matched` only where exactly one attempt bears its code, the
 * amount is exact and no other line has claimed that attempt; no line moves money before a second person has confirmed it.
 *
 * Crash story: the file is read whole before anything is written, and a line that can not be read refuses all of it. Lines
 * are then written in small transactions; if the process dies between them, the same file again writes the rest.
 */
import { createHash } from 'node:crypto';
import type { Actor } from '../../kernel/actor.ts';
import { DAY_MS, toIso } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { writeAudit } from '../audit/index.ts';
import type { ColumnNames } from './csv/columns.ts';
import { readStatement, type StatementLine } from './csv/read-statement.ts';
import { PRESETS, type Preset } from './csv/values.ts';
import { accountOf, type BankAccount, type ImportDeps } from './deps.ts';
import { messages, type Problem } from './messages.ts';
import { type LineOutcome, writeLine } from './write-line.ts';
import { readNamed } from './write-line-facts.ts';

const LINES_PER_TRANSACTION = 100;

export interface StatementFile {
  readonly accountId: string;
  readonly bytes: Buffer;
  readonly fileName: string | null;
  readonly preset: Preset;
  /** Which column is what, where the bank's names are not known. */
  readonly columns: ColumnNames;
  readonly by: Actor;
  readonly ip: string | null;
}

/** What became of one line of the file. */
export interface LineReport {
  readonly line: number;
  readonly bookedOn: string;
  readonly amount: number;
  readonly outcome: LineOutcome;
  readonly reason: string | null;
  readonly paymentId: string | null;
}

export interface ImportReport {
  /** `null` where lines were wrong and nothing was written. */
  readonly statementId: string | null;
  readonly currency: string;
  readonly totals: Readonly<Record<LineOutcome, number>>;
  readonly lines: readonly LineReport[];
  readonly problems: readonly Problem[];
  readonly ignoredColumns: readonly string[];
}

const noTotals = (): Record<LineOutcome, number> => ({
  ...{ matched: 0, unmatched: 0, recorded: 0, known: 0, changed: 0 },
});

/** Imports a file. Throws `bank_account_unknown`, `statement_unreadable`, `statement_columns_missing` or `statement_empty` (422). */
export async function importStatement(deps: ImportDeps, file: StatementFile): Promise<ImportReport> {
  const account = accountOf(deps, file.accountId);
  const { currency } = account;
  const read = readStatement(file.bytes, {
    ...PRESETS[file.preset],
    ...{ currency, named: file.columns },
    latestDay: toIso(deps.clock.now() + DAY_MS).slice(0, 10),
  });
  const { problems, ignoredColumns } = read;
  const empty = { currency, totals: noTotals(), lines: [], problems, ignoredColumns };
  if (problems.length > 0) {
    return { ...empty, statementId: null };
  }
  const totals = noTotals();
  const lines: LineReport[] = [];
  const statementId = await openStatement(deps, account, file, read.lines);
  for (let at = 0; at < read.lines.length; at += LINES_PER_TRANSACTION) {
    const slice = read.lines.slice(at, at + LINES_PER_TRANSACTION);
    const written = await writeSlice(deps, account, { slice, statementId, by: file.by });
    for (const line of written) {
      totals[line.outcome] += 1;
      lines.push(line);
    }
  }
  const changed = lines.filter(({ outcome }) => outcome === 'changed');
  const notes = changed.map(({ line }) => ({ line, text: messages.changed }));
  return { ...empty, statementId, totals, lines, problems: notes };
}

/** The statement's row and its entry in the audit log; the same file again has both. */
async function openStatement(
  { db }: ImportDeps,
  account: BankAccount,
  { bytes, fileName, by, ip }: StatementFile,
  lines: readonly StatementLine[],
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const days = lines.map(({ bookedOn }) => bookedOn).sort();
  const id = newId('bst');
  return db.tx('bank_statement.open', async (tx) => {
    const isNew = await tx.insertOnce('bank_statements', {
      ...{ id, account_id: account.id, currency: account.currency, sha256, line_count: lines.length },
      file_name: fileName?.slice(0, 190).trimEnd() || null,
      first_on: days[0] as string,
      last_on: days.at(-1) as string,
      imported_by: by.id,
      created_at: tx.now,
    });
    const known = await tx.query
      .selectFrom('bank_statements')
      .select('id')
      .where('account_id', '=', account.id)
      .where('sha256', '=', sha256)
      .executeTakeFirstOrThrow();
    await writeAudit(tx, {
      actor: by,
      action: isNew ? 'bank_statement.import' : 'bank_statement.import_again',
      target: { type: 'bank_statement', id: known.id },
      after: { accountId: account.id, fileName, sha256, line_count: lines.length },
      ip,
    });
    return known.id;
  });
}

interface Slice {
  readonly slice: readonly StatementLine[];
  readonly statementId: string;
  readonly by: Actor;
}

function writeSlice(
  deps: ImportDeps,
  account: BankAccount,
  { slice, statementId, by }: Slice,
): Promise<readonly LineReport[]> {
  return deps.db.tx('bank_statement.write', async (tx) => {
    const named = await readNamed(tx, deps, slice);
    const reports: LineReport[] = [];
    for (const line of slice) {
      const written = await writeLine(tx, { account, statementId, by }, line, named(line));
      const { line: at, bookedOn, amount } = line;
      reports.push({ line: at, bookedOn, amount, ...written });
    }
    return reports;
  });
}
