import type { Db } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import { registerJobRoutes } from './job-routes.ts';
import { registerShopSettings, type ShopSettings } from './shop-settings.ts';

export type { ShopSettings } from './shop-settings.ts';

export interface OperationsDeps {
  readonly db: Db;
  readonly settings: ShopSettings;
}

/** What people need to run the shop beside the modules' own lists: jobs that gave up, and what the pages must know. */
export function createOperations({ db, settings }: OperationsDeps) {
  return {
    registerRoutes(router: Router): void {
      registerJobRoutes(router, db);
      registerShopSettings(router, settings);
    },
  };
}
