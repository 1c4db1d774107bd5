/** Coins that are sold: packages, orders of them, and the coins that follow their money. */
import './tables.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { Fulfiller } from '../orders/index.ts';
import { createCoinFulfiller } from './deliver-coins.ts';
import type { CoinsDeps } from './deps.ts';
import { registerCoinRoutes } from './routes.ts';
import { registerStaffCoinRoutes } from './staff-routes.ts';

export type { CoinsDeps } from './deps.ts';
export { type CoinsCredited, type CoinsReturned, coinsCredited, coinsReturned } from './events.ts';
export { checkCoins } from './invariants.ts';

/** Coins as compose wires them; the fulfiller is to be registered with orders. */
export function createCoins(deps: CoinsDeps): {
  readonly fulfiller: Fulfiller;
  registerRoutes(router: Router): void;
} {
  return {
    fulfiller: createCoinFulfiller(deps),
    registerRoutes(router) {
      registerCoinRoutes(router, deps);
      registerStaffCoinRoutes(router, deps);
    },
  };
}
