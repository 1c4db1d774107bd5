import type { Db } from '../../../kernel/db/index.ts';
import { AppError } from '../../../kernel/errors.ts';
import { optionsTaken, skuTaken, slugTaken } from '../errors.ts';
import { makeSku } from '../product.ts';
import { type ApplyOptions, applyProduct, type ProductOutcome } from './apply-product.ts';
import { LineRefused } from './line-refused.ts';
import { messages } from './messages.ts';
import type { Problem } from './parse-cells.ts';
import type { ParsedProduct } from './parse-product.ts';

/** What became of a product: it was written whole, or these lines kept it out. */
export type ImportResult = ProductOutcome | readonly Problem[];

/** A product of the file that wants a SKU; `isTaken` once it is known whether it was imported. */
interface Claim {
  readonly handle: string;
  readonly isTaken: Promise<boolean>;
}

/**
 * Who wants which SKU, over the whole file. The database refuses a second owner too, but a dry run leaves nothing there
 * to compare with, and products that are written side by side must be reported as if one had come after the other.
 */
export type Claims = Map<string, Claim[]>;

/** Ends the transaction of a dry run, so that it rolls back. */
class DryRunEnded extends Error {
  readonly outcome: ProductOutcome;

  constructor(outcome: ProductOutcome) {
    super('dry run');
    this.name = 'DryRunEnded';
    this.outcome = outcome;
  }
}

/** Imports one product in a transaction of its own, after the products before it that want the same SKUs. */
export function importOne(
  db: Db,
  product: ParsedProduct,
  options: ApplyOptions & { readonly isDryRun: boolean },
  claims: Claims,
): Promise<ImportResult> {
  const skus = product.variants.map(({ sku, optionValues }) => sku || makeSku(product.handle, optionValues));
  const earlier = skus.map((sku) => claims.get(sku) ?? []);
  const result = write(db, product, options, { skus, earlier });
  const isTaken = result.then(
    (outcome) => 'variants' in outcome,
    () => false,
  );
  for (const sku of skus) {
    claims.set(sku, [...(claims.get(sku) ?? []), { handle: product.handle, isTaken }]);
  }
  return result;
}

async function write(
  db: Db,
  product: ParsedProduct,
  { isDryRun, ...options }: ApplyOptions & { readonly isDryRun: boolean },
  { skus, earlier }: { readonly skus: readonly string[]; readonly earlier: readonly Claim[][] },
): Promise<ImportResult> {
  for (const [index, sku] of skus.entries()) {
    for (const { handle, isTaken } of earlier[index] ?? []) {
      if (handle !== product.handle && (await isTaken)) {
        return [{ line: product.variants[index]?.line ?? 0, text: messages.skuElsewhere(sku, handle) }];
      }
    }
  }
  try {
    return await db.tx('product.import', async (tx) => {
      const applied = await applyProduct(tx, product, options);
      if (isDryRun) {
        throw new DryRunEnded(applied);
      }
      return applied;
    });
  } catch (error) {
    return error instanceof DryRunEnded ? error.outcome : [toProblem(error, product.firstLine)];
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
