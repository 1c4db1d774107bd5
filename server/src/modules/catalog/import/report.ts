import type { LocalizedText } from '../../../kernel/errors.ts';
import type { Outcome, ProductOutcome } from './apply-product.ts';
import { messages } from './messages.ts';
import type { Problem } from './parse-cells.ts';
import type { ParsedProduct } from './parse-product.ts';
import type { Group } from './read-groups.ts';

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

export function noTotals(): ImportTotals {
  return {
    products: { created: 0, updated: 0, unchanged: 0, failed: 0 },
    variants: { created: 0, updated: 0, unchanged: 0, retired: 0 },
    lines: { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 },
  };
}

export function countProduct(totals: ImportTotals, result: ProductOutcome): void {
  const outcomes = [...result.variants.values()].map(({ outcome }) => outcome);
  for (const outcome of outcomes) {
    totals.variants[outcome] += 1;
  }
  totals.variants.retired += result.retired;
  const isUnchanged = result.outcome === 'unchanged' && outcomes.every((outcome) => outcome === 'unchanged');
  const isUpdated = result.outcome === 'unchanged' && !isUnchanged;
  totals.products[isUpdated ? 'updated' : result.outcome] += 1;
}

export function reportProduct(
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
export function reportFailure(
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
