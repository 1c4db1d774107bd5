import { createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { systemActor } from '../kernel/actor.ts';
import { AppError } from '../kernel/errors.ts';
import {
  type ImportSummary,
  importProducts,
  type LineReport,
  type OpenFile,
} from '../modules/catalog/index.ts';
import { type CliContext, CommandError } from './context.ts';
import { addStatementImport } from './import-bank-statement.ts';

/** Standard input can be read only once, so it is kept in memory; a larger file is given by its name. */
const MAX_PIPED_BYTES = 100 * 1_024 * 1_024;

interface ImportFlags {
  readonly currency?: string;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}

/** `suanpan import products FILE` and `suanpan import bank-statement FILE`. `input` is where `-` reads from. */
export function addImportCommands(
  program: Command,
  open: () => Promise<CliContext>,
  input: Readable = process.stdin,
): void {
  const importing = program
    .command('import')
    .description('bring data in from files, also while a server runs');
  addStatementImport(importing, open);
  importing
    .command('products <file>')
    .description("import products from Shopify's product CSV; `-` reads standard input")
    .option('--currency <code>', "what the file's prices are in; the shop's own without it")
    .option('--dry-run', 'report everything and write nothing')
    .option('--verbose', 'print every line, not only those with something to say')
    .addHelpText(
      'after',
      '\nAll or nothing for each product. Products that are there are found by handle and updated; a file that is\n' +
        'imported again changes nothing. Ends with 1 when any product was left out.',
    )
    .action(async (file: string, flags: ImportFlags) => {
      const openFile = await prepareFile(file, input);
      const context = await open();
      try {
        await runImport(context, openFile, flags);
      } finally {
        await context.close();
      }
    });
}

async function prepareFile(file: string, input: Readable): Promise<OpenFile> {
  if (file === '-') {
    const bytes = await readPiped(input);
    return () => Readable.from([bytes]);
  }
  const isFile = await access(file)
    .then(() => stat(file))
    .then((found) => found.isFile())
    .catch(() => false);
  if (!isFile) {
    throw new CommandError(`There is no file ${file} that can be read.`);
  }
  return () => createReadStream(file);
}

async function readPiped(input: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer | string);
    size += bytes.length;
    if (size > MAX_PIPED_BYTES) {
      throw new CommandError('More than 100 MiB came in; save it as a file and name that.');
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function runImport(context: CliContext, openFile: OpenFile, flags: ImportFlags): Promise<void> {
  const isDryRun = flags.dryRun ?? false;
  const currency = (flags.currency ?? context.config.shop.currency).toUpperCase();
  try {
    const summary = await importProducts(context.db, openFile, {
      currency,
      by: systemActor('cli.import'),
      isDryRun,
      onLine(line) {
        if (flags.verbose || line.outcome === 'failed' || line.outcome === 'skipped' || isNews(line)) {
          printLine(line);
        }
      },
    });
    printSummary(summary, currency, isDryRun);
    if (summary.totals.products.failed > 0) {
      process.exitCode = 1;
    }
  } catch (error) {
    throw error instanceof AppError ? new CommandError(explain(error)) : error;
  }
}

/** A SKU that was made for a new variant is what everybody expects; the rest a person wants to know. */
function isNews({ outcome, messages }: LineReport): boolean {
  return outcome === 'updated' && messages.length > 0;
}

/** Cells come from strangers: control characters could drive the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
const forTerminal = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

function printLine({ line, handle, sku, outcome, messages }: LineReport): void {
  const what = sku === null ? handle : `${handle} [${sku}]`;
  console.log(forTerminal(`line ${String(line).padStart(5)}  ${outcome.padEnd(9)}  ${what}`));
  for (const { en } of messages) {
    console.log(forTerminal(`                         ${en}`));
  }
}

function printCounts(what: string, counts: Readonly<Record<string, number>>): void {
  const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  console.log(`${what.padEnd(9)} ${told.join(', ')}`);
}

function printSummary({ totals, notes }: ImportSummary, currency: string, isDryRun: boolean): void {
  for (const { en } of notes) {
    console.log(forTerminal(`note: ${en}`));
  }
  printCounts('products', totals.products);
  printCounts('variants', totals.variants);
  printCounts('lines', totals.lines);
  console.log(`prices in ${currency}${isDryRun ? '; a dry run: nothing was written' : ''}`);
  if (totals.products.failed > 0) {
    console.log('Mend the failed lines and import the file again: what is already there stays as it is.');
  }
}

function explain({ message, details }: AppError): string {
  const facts = Object.entries(details ?? {}).map(
    ([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
  );
  return facts.length === 0 ? message : `${message} (${facts.join('; ')})`;
}
