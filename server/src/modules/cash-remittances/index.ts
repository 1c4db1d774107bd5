/** Cash on delivery after the door: who holds it, who has handed it over, and that it has arrived. */
import './tables.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { CashDeps } from './deps.ts';
import { registerCashRoutes } from './routes.ts';

export type { CashDeps } from './deps.ts';
export { checkCash } from './invariants.ts';
export { readCashCollected } from './queries.ts';
export { recordCollection } from './record-collection.ts';

/** Cash remittances as compose.ts wires them. */
export function createCashRemittances(deps: CashDeps): { registerRoutes(router: Router): void } {
  return { registerRoutes: (router) => registerCashRoutes(router, deps) };
}
