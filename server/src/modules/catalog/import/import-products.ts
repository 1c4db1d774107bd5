/**
 * Imports products from Shopify's CSV: each product in a transaction of its own, small enough to run beside a serving
 * process. If it dies half-way, the products before are imported whole and the rest not at all; importing the file
 * again finishes the work, because what is already there is found unchanged.
 */
import type { Actor } from '../../../kernel/actor.ts';
import type { Db } from '../../../kernel/db/index.ts';
import { AppError, type LocalizedText } from '../../../kernel/errors.ts';
import { isCurrency } from '../../../kernel/money.ts';
import { optionsTaken, skuTaken, slugTaken, unknownCurrency } from '../errors.ts';
import { makeSku } from '../product.ts';
import { type ApplyOptions, applyProduct, type Outcome, type ProductOutcome } from './apply-product.ts';
import { LineRefused } from './line-refused.ts';
import { messages } from './messages.ts';
import type { Problem } from './parse-cells.ts';
import { type ParsedProduct, parseProduct } from './parse-product.ts';
import { type Group, type OpenFile, readGroups, surveyFile } from './read-groups.ts';

/** What became of one line of the file. */
export interface LineReport {
  /** Where the line begins in the file, counted from 1 with the header. */
  readonly line: number;
  readonly handle: string;
  /** The SKU of the line's variant; `null` for a line that is none. */
  readonly sku: string | null;
  /** `skipped`: nothing to import, or another line of the same product is wrong. */
  readonly outcome: Outcome | 'skipped' | 'failed';
  readonly messages: readonly LocalizedText[];
}

export interface ImportTotals {
  readonly products: Record<Outcome | 'failed', number>;
  readonly variants: Record<Outcome | 'retired', number>;
  readonly lines: Record<LineReport['outcome'], number>;
}

export interface ImportOptions {
  /** ISO 4217; prices of the file are amounts of it. */
  readonly currency: string;
  readonly by: Actor;
  /** Does everything but the last step: nothing is written. */
  readonly isDryRun?: boolean;
  /** Called for each line as soon as its product is done. */
  readonly onLine: (line: LineReport) => void;
}

export interface ImportSummary {
  readonly totals: ImportTotals;
  /** What concerns the whole file, such as columns that are not used. */
  readonly notes: readonly LocalizedText[];
}

/** Ends the transaction of a dry run, so that it rolls back. */
class DryRunEnded extends Error {
  readonly outcome: ProductOutcome;

  constructor(outcome: ProductOutcome) {
    super('dry run');
    this.outcome = outcome;
  }
}

/**
 * Imports a file. Throws `unknown_currency`, `import_columns_missing`, `import_unreadable` or `import_empty` (422)
 * before anything is written; what is wrong with single products stands in the report.
 */
export async function importProducts(db: Db, open: OpenFile, options: ImportOptions): Promise<ImportSummary> {
  if (!isCurrency(options.currency)) {
    throw new AppError(unknownCurrency, { details: { currency: options.currency } });
  }
  const survey = await surveyFile(open);
  const totals: ImportTotals = {
    products: { created: 0, updated: 0, unchanged: 0, failed: 0 },
    variants: { created: 0, updated: 0, unchanged: 0, retired: 0 },
    lines: { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
  };
  const report = (line: LineReport) => {
    totals.lines[line.outcome] += 1;
    options.onLine(line);
  };
  // A dry run writes nothing that the database could compare with, so the file's SKUs are compared here.
  const owners = new Map<string, string>();
  for await (const group of readGroups(open, survey)) {
    const { product, problems } = parseProduct(group, survey.header, options.currency);
    const result = problems.length > 0 ? problems : await importOne(db, product, options, owners);
    if ('variants' in result) {
      countProduct(totals, result);
      reportProduct(group, product, result, report);
    } else {
      totals.products.failed += 1;
      reportFailure(group, result, report);
    }
  }
  const { ignored } = survey.header;
  return { totals, notes: ignored.length > 0 ? [messages.ignoredColumns(ignored)] : [] };
}

async function importOne(
  db: Db,
  product: ParsedProduct,
  { currency, by, isDryRun }: ImportOptions,
  owners: Map<string, string>,
): Promise<ProductOutcome | Problem[]> {
  const options: ApplyOptions = { currency, by };
  const skus = product.variants.map(({ sku, optionValues }) => sku || makeSku(product.handle, optionValues));
  for (const [index, sku] of skus.entries()) {
    const owner = owners.get(sku);
    if (owner !== undefined && owner !== product.handle) {
      return [{ line: product.variants[index]?.line ?? 0, text: messages.skuElsewhere(sku, owner) }];
    }
  }
  try {
    const outcome = await db.tx('product.import', async (tx) => {
      const applied = await applyProduct(tx, product, options);
      if (isDryRun) {
        throw new DryRunEnded(applied);
      }
      return applied;
    });
    remember(skus, product.handle, owners);
    return outcome;
  } catch (error) {
    if (error instanceof DryRunEnded) {
      remember(skus, product.handle, owners);
      return error.outcome;
    }
    return [toProblem(error, product.firstLine)];
  }
}

function remember(skus: readonly string[], handle: string, owners: Map<string, string>): void {
  for (const sku of skus) {
    owners.set(sku, handle);
  }
}

/** Refusals belong to a line of the file; anything else (a database that is gone) ends the import. */
function toProblem(error: unknown, line: number): Problem {
  if (error instanceof LineRefused) {
    return error;
  }
  const refusals = [skuTaken, slugTaken, optionsTaken];
  if (error instanceof AppError && refusals.includes(error.definition)) {
    return { line, text: error.definition.message };
  }
  throw error;
}

function countProduct(totals: ImportTotals, result: ProductOutcome): void {
  const outcomes = [...result.variants.values()].map(({ outcome }) => outcome);
  for (const outcome of outcomes) {
    totals.variants[outcome] += 1;
  }
  totals.variants.retired += result.retired;
  const isUnchanged = result.outcome === 'unchanged' && outcomes.every((outcome) => outcome === 'unchanged');
  const isUpdated = result.outcome === 'unchanged' && !isUnchanged;
  totals.products[isUpdated ? 'updated' : result.outcome] += 1;
}

function reportProduct(
  { handle, lines }: Group,
  product: ParsedProduct,
  result: ProductOutcome,
  report: (line: LineReport) => void,
): void {
  for (const { line } of lines) {
    const variant = result.variants.get(line);
    const isFirst = line === product.firstLine;
    if (product.emptyLines.includes(line)) {
      report({ line, handle, sku: null, outcome: 'skipped', messages: [messages.nothing] });
    } else if (variant === undefined) {
      // A line with nothing but an image goes the way of its product.
      report({ line, handle, sku: null, outcome: result.outcome, messages: [] });
    } else {
      const isProductChanged = isFirst && variant.outcome === 'unchanged';
      report({
        line,
        handle,
        sku: variant.sku,
        outcome: isProductChanged ? result.outcome : variant.outcome,
        messages: isFirst ? [...result.notes, ...variant.notes] : variant.notes,
      });
    }
  }
}

/** Each message once; the lines that are right say which one is not. */
function reportFailure(
  { handle, lines }: Group,
  problems: readonly Problem[],
  report: (line: LineReport) => void,
): void {
  const firstWrong = problems[0]?.line ?? 0;
  for (const { line, cells } of lines) {
    const texts = new Map(
      problems.filter((problem) => problem.line === line).map(({ text }) => [text.en, text]),
    );
    const isWrong = texts.size > 0;
    report({
      line,
      handle,
      sku: cells.sku || null,
      outcome: isWrong ? 'failed' : 'skipped',
      messages: isWrong ? [...texts.values()] : [messages.skippedWith(firstWrong)],
    });
  }
}
