/** Bank statements: what has come in by transfer, found by its code and counted once a second person has confirmed it. */
import './tables.ts';
import type { Router } from '../../kernel/http/index.ts';
import type { BankStatementsDeps } from './deps.ts';
import { registerImportRoute } from './import-route.ts';
import { registerStatementRoutes } from './routes.ts';

export { isDayMissing, readStatementDay, STATEMENT_ACCOUNT } from './bill-rows.ts';
export { PRESETS, type Preset } from './csv/values.ts';
export type { BankStatementsDeps } from './deps.ts';
export { type ImportReport, importStatement, type StatementFile } from './import-statement.ts';
export { checkStatements } from './invariants.ts';

/** Bank statements as compose.ts wires them. */
export function createBankStatements(deps: BankStatementsDeps): { registerRoutes(router: Router): void } {
  return {
    registerRoutes(router) {
      registerImportRoute(router, deps);
      registerStatementRoutes(router, deps);
    },
  };
}
