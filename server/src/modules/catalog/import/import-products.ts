/**
 * Imports products from Shopify's CSV: each product in a transaction of its own, small enough to run beside a serving
 * process. If it dies half-way, the products before are imported whole and the rest not at all; importing the file
 * again finishes the work, because what is already there is found unchanged.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Db } from '../../../kernel/db/index.ts';
import { AppError, type LocalizedText } from '../../../kernel/errors.ts';
import { isCurrency } from '../../../kernel/money.ts';
import { unknownCurrency } from '../errors.ts';
import { type Claims, type ImportResult, importOne } from './import-one.ts';
import { messages } from './messages.ts';
import { type ParsedProduct, parseProduct } from './parse-product.ts';
import { type Group, type OpenFile, readGroups, surveyFile } from './read-groups.ts';
import {
  countProduct,
  type ImportTotals,
  type LineReport,
  noTotals,
  reportFailure,
  reportProduct,
} from './report.ts';

/** Products that are written side by side share their commits, which cost more than the writing. */
const IN_FLIGHT = 16;

export interface ImportOptions {
  /** ISO 4217; prices of the file are amounts of it. */
  readonly currency: string;
  readonly by: Actor;
  /** Does everything but the last step: nothing is written. */
  readonly isDryRun?: boolean;
  /** Called for each line, in the order of the products, as soon as its product is done. */
  readonly onLine: (line: LineReport) => void;
}

export interface ImportSummary {
  readonly totals: ImportTotals;
  /** What concerns the whole file, such as columns that are not used. */
  readonly notes: readonly LocalizedText[];
}

interface Pending {
  readonly group: Group;
  readonly product: ParsedProduct;
  readonly result: Promise<ImportResult>;
}

/**
 * Imports a file. Throws `unknown_currency`, `import_columns_missing`, `import_unreadable` or `import_empty` (422)
 * before anything is written; what is wrong with single products stands in the report.
 */
export async function importProducts(db: Db, open: OpenFile, options: ImportOptions): Promise<ImportSummary> {
  const { currency, by, isDryRun = false } = options;
  if (!isCurrency(currency)) {
    throw new AppError(unknownCurrency, { details: { currency } });
  }
  const survey = await surveyFile(open);
  const totals = noTotals();
  const claims: Claims = new Map();
  const labels = new Set<string>();
  const pending: Pending[] = [];
  const finishDownTo = async (count: number) => {
    while (pending.length > count) {
      await reportResult(pending.shift() as Pending, totals, options.onLine);
    }
  };
  try {
    for await (const group of readGroups(open, survey)) {
      const { product, problems } = parseProduct(group, survey.header, currency);
      const isAlone = isDryRun || namesNewLabel(product, labels);
      if (isAlone) {
        await finishDownTo(0);
      }
      const result =
        problems.length > 0
          ? Promise.resolve(problems)
          : importOne(db, product, { currency, by, isDryRun }, claims);
      pending.push({ group, product, result });
      await finishDownTo(isAlone ? 0 : IN_FLIGHT - 1);
    }
    await finishDownTo(0);
  } finally {
    // After a failure the others are still being written: their end is awaited, the first failure is thrown.
    await Promise.allSettled(pending.map(({ result }) => result));
  }
  const { ignored } = survey.header;
  return { totals, notes: ignored.length > 0 ? [messages.ignoredColumns(ignored)] : [] };
}

/**
 * Whether the product is the first to name its category or brand. Such a one is written alone: several transactions that
 * insert the same category would wait for each other, and on MariaDB deadlock when the first of them rolls back.
 */
function namesNewLabel({ content }: ParsedProduct, labels: Set<string>): boolean {
  const before = labels.size;
  labels.add(`category ${JSON.stringify(content.category)}`);
  labels.add(`brand ${JSON.stringify(content.brand)}`);
  return labels.size > before;
}

async function reportResult(
  { group, product, result }: Pending,
  totals: ImportTotals,
  onLine: (line: LineReport) => void,
): Promise<void> {
  const outcome = await result;
  const report = (line: LineReport) => {
    totals.lines[line.outcome] += 1;
    onLine(line);
  };
  if ('variants' in outcome) {
    countProduct(totals, outcome);
    reportProduct(group, product, outcome, report);
  } else {
    totals.products.failed += 1;
    reportFailure(group, outcome, report);
  }
}
