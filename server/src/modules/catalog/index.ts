/** Catalogue: what is sold, at which price, and how it is found. What is on the shelf belongs to inventory. */
import './tables.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import { createListingCache } from './listing-cache.ts';
import { registerImportRoute } from './routes-import.ts';
import { registerPublicRoutes } from './routes-public.ts';
import { registerStaffRoutes } from './routes-staff.ts';

export { productNotFound, variantNotFound, variantRequired } from './errors.ts';
export {
  type ImportSummary,
  importProducts,
} from './import/import-products.ts';
export type { OpenFile } from './import/read-groups.ts';
export type { LineReport } from './import/report.ts';
export { readSellable, resolveVariant, type Sellable } from './sellable.ts';

export interface CatalogDeps {
  readonly db: Db;
  /** The shop's currency: of products that are created or imported without another one. */
  readonly currency: string;
}

/** Products with their variants, categories and brands: public lists, pages and search, and what staff change and import. */
export function createCatalog(deps: CatalogDeps) {
  const cache = createListingCache();
  return {
    registerRoutes(router: Router): void {
      registerPublicRoutes(router, { db: deps.db, cache });
      registerStaffRoutes(router, { ...deps, cache });
      registerImportRoute(router, { ...deps, cache });
    },
    jobs: [],
  };
}
