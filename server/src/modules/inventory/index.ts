/** Inventory: what is on the shelf, what is promised to whom, and who moved it. It knows no products and no orders. */
import type { Router } from '../../kernel/http/index.ts';
import type { JobHandler } from '../../kernel/jobs/index.ts';
import type { InventoryDeps } from './deps.ts';
import { handleReservationExpiry } from './expire-reservation.ts';
import { registerInventoryRoutes } from './routes.ts';

export type { InventoryDeps, VariantCatalog } from './deps.ts';
export { insufficientStock, stockNotOnHand } from './errors.ts';
export { checkStock, type StockViolation } from './invariants.ts';
export { readStock, readStockOf } from './read-stock.ts';
export { type CustomerReservation, reserveForCustomer } from './reserve-for-customer.ts';
export { type OrderStock, reserveForOrder } from './reserve-for-order.ts';
export { createStock, type NewStock, type StockChange, setStock } from './set-stock.ts';
export { consumeForOrder, releaseForOrder, restockOrder, restockUnits } from './settle-order-stock.ts';
export type { Stock, StockLine } from './stock.ts';

/** Inventory as compose.ts wires it: its routes and the job that ends customers' reservations. */
export function createInventory(deps: InventoryDeps): {
  registerRoutes(router: Router): void;
  readonly jobs: readonly JobHandler[];
} {
  return {
    registerRoutes: (router) => registerInventoryRoutes(router, deps),
    jobs: [handleReservationExpiry(deps.db)],
  };
}
