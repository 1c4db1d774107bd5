import { z } from 'zod';
import type { Locale } from '../../kernel/errors.ts';
import { actorOf, type Router, requireCaller } from '../../kernel/http/index.ts';
import { PRESETS, type Preset } from './csv/values.ts';
import type { BankStatementsDeps } from './deps.ts';
import {
  bankAccountUnknown,
  statementColumnsMissing,
  statementEmpty,
  statementUnreadable,
} from './errors.ts';
import { type ImportReport, importStatement } from './import-statement.ts';

const MAX_FILE_BYTES = 10 * 1_024 * 1_024;

const columnName = z.string().trim().min(1).max(100).optional();

export const presetSchema = z.enum(Object.keys(PRESETS) as [Preset, ...Preset[]]).default('international');

const importQuery = z.strictObject({
  account: z.string().min(1).max(32),
  preset: presetSchema,
  dateColumn: columnName,
  amountColumn: columnName,
  creditColumn: columnName,
  debitColumn: columnName,
  currencyColumn: columnName,
  counterpartyColumn: columnName,
  descriptionColumn: columnName,
  referenceColumn: columnName,
  balanceColumn: columnName,
});

const importView = z.object({
  /** `null` where lines were wrong and nothing was imported. */
  statementId: z.string().nullable(),
  currency: z.string(),
  totals: z.object({
    matched: z.int(),
    unmatched: z.int(),
    recorded: z.int(),
    known: z.int(),
    changed: z.int(),
  }),
  lines: z.array(
    z.object({
      /** In the file, counted from 1. */
      line: z.int(),
      bookedOn: z.string(),
      amount: z.int(),
      outcome: z.enum(['matched', 'unmatched', 'recorded', 'known', 'changed']),
      reason: z.string().nullable(),
      paymentId: z.string().nullable(),
    }),
  ),
  problems: z.array(z.object({ line: z.int(), message: z.string() })),
  /** Columns of the file that are not used. */
  ignoredColumns: z.array(z.string()),
});

export function registerImportRoute(router: Router, deps: BankStatementsDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/admin/bank-statements/import',
      summary: "Import a bank's statement (CSV)",
      description:
        'UTF-8 or GBK. The columns are found by their names, or named by the parameters. A line that can not be read ' +
        'refuses the whole file; movements that were imported before are left as they are. Nothing is paid by an ' +
        'import: another person confirms what was matched.',
      tag: 'Administration',
      access: 'staff',
      permission: 'bank_statements.import',
      query: importQuery,
      upload: { types: ['text/csv'], limit: MAX_FILE_BYTES },
      data: importView,
      errors: [bankAccountUnknown, statementColumnsMissing, statementUnreadable, statementEmpty],
      rateLimit: { points: 30, perSeconds: 60 },
    },
    async (context) => {
      const { query, upload, ip, locale } = context;
      const { account, preset } = query;
      const report = await importStatement(deps, {
        accountId: account,
        preset,
        columns: toColumns(query),
        bytes: upload?.bytes ?? Buffer.alloc(0),
        fileName: upload?.fileName ?? null,
        by: actorOf(requireCaller(context)),
        ip,
      });
      return toView(report, locale);
    },
  );
}

function toColumns(query: z.infer<typeof importQuery>) {
  return {
    date: query.dateColumn,
    amount: query.amountColumn,
    credit: query.creditColumn,
    debit: query.debitColumn,
    currency: query.currencyColumn,
    counterparty: query.counterpartyColumn,
    description: query.descriptionColumn,
    reference: query.referenceColumn,
    balance: query.balanceColumn,
  };
}

function toView(report: ImportReport, locale: Locale): z.infer<typeof importView> {
  return {
    ...report,
    lines: report.lines.map((line) => ({ ...line })),
    problems: report.problems.map(({ line, text }) => ({ line, message: text[locale] })),
    ignoredColumns: [...report.ignoredColumns],
  };
}
