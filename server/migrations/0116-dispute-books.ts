/** What disputes moved on a day at an account: read for every day that is reconciled. */
import type { MigrationStep } from '../src/kernel/db/index.ts';

const movements: MigrationStep = {
  name: 'index dispute_movements_moved',
  // MySQL does not know IF NOT EXISTS here.
  sql: (engine) =>
    `CREATE INDEX ${engine === 'mysql' ? '' : 'IF NOT EXISTS '}dispute_movements_moved ON dispute_movements (provider, merchant_account, moved_at)`,
};

export const steps = [movements];
