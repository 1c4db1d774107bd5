import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/index.ts';
import type { Db, Reader } from '../../kernel/db/index.ts';

/** What inventory needs to know of the catalogue: which variant is meant, and whether it is for sale. */
export interface VariantCatalog {
  resolveVariant(reader: Reader, productOrVariantId: string): Promise<string>;
  readSellable(
    reader: Reader,
    variantIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly productId: string; readonly isSellable: boolean }>>;
}

export interface InventoryDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config['stock'];
  readonly catalog: VariantCatalog;
}
