import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { findRemittanceCodes } from '../gateways/bank-transfer/index.ts';
import type { Actor } from '../kernel/actor.ts';
import { AppError } from '../kernel/errors.ts';
import { formatDecimal } from '../kernel/money.ts';
import {
  type ImportReport,
  importStatement,
  PRESETS,
  type Preset,
} from '../modules/bank-statements/index.ts';
import { createAccountAdministration } from '../modules/identity/index.ts';
import { type CliContext, CommandError } from './context.ts';

interface StatementFlags {
  readonly account: string;
  readonly as: string;
  readonly preset: Preset;
}

/** `suanpan import bank-statement FILE`, below `importing`, which is the command `import`. */
export function addStatementImport(importing: Command, open: () => Promise<CliContext>): void {
  importing
    .command('bank-statement <file>')
    .description("import a bank's CSV; what was matched waits for the confirmation of another person")
    .requiredOption('--account <id>', 'the account, as BANK_TRANSFER_ACCOUNTS names it')
    .requiredOption('--as <user>', 'the member of staff who imports it, who then confirms none of its lines')
    .addOption(
      new Option('--preset <name>', 'how this bank writes dates and amounts')
        .choices(Object.keys(PRESETS))
        .default('international'),
    )
    .action(async (file: string, flags: StatementFlags) => {
      const bytes = await readFile(file).catch((cause: unknown) => {
        throw new CommandError(`There is no file ${file} that can be read (${String(cause)}).`);
      });
      const context = await open();
      try {
        await run(context, { bytes, fileName: file.split('/').at(-1) ?? null }, flags);
      } catch (error) {
        throw error instanceof AppError ? new CommandError(error.message) : error;
      } finally {
        await context.close();
      }
    });
}

async function run(
  { db, clock, config }: CliContext,
  file: { readonly bytes: Buffer; readonly fileName: string | null },
  { account, as, preset }: StatementFlags,
): Promise<void> {
  const by = await findStaff({ db, config }, as);
  const accounts = config.bankTransfer?.accounts ?? [];
  const deps = { db, clock, accounts, findCodes: findRemittanceCodes };
  const report = await importStatement(deps, {
    ...file,
    ...{ accountId: account, preset, columns: {}, by, ip: null },
  });
  printReport(report);
  if (report.statementId === null) {
    process.exitCode = 1;
  }
}

async function findStaff({ db, config }: Pick<CliContext, 'db' | 'config'>, name: string): Promise<Actor> {
  const accounts = createAccountAdministration({ db, currency: config.shop.currency });
  const found = await accounts.list({ kind: 'staff', search: name, limit: 100 });
  const person = found.find(({ id, username, email }) => [id, username, email].includes(name));
  if (person === undefined) {
    throw new CommandError(`${name} is nobody of the staff.`);
  }
  return { type: 'staff', id: person.id };
}

function printReport({ lines, problems, totals, currency, ignoredColumns }: ImportReport): void {
  for (const { line, text } of problems) {
    console.log(`line ${String(line).padStart(5)}  ${text.en}`);
  }
  for (const { line, outcome, reason, amount } of lines.filter((each) => each.outcome !== 'known')) {
    const told = reason === null ? outcome : `${outcome} (${reason})`;
    console.log(
      `line ${String(line).padStart(5)}  ${told}  ${formatDecimal({ amount, currency })} ${currency}`,
    );
  }
  if (ignoredColumns.length > 0) {
    console.log(`columns that are not used: ${ignoredColumns.join(', ')}`);
  }
  const told = Object.entries(totals).map(([name, count]) => `${count} ${name}`);
  console.log(lines.length === 0 && problems.length > 0 ? 'Nothing was imported.' : told.join(', '));
}
