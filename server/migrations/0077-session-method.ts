import { addColumns, key, type MigrationStep } from '../src/kernel/db/index.ts';

/** Who has no password has never given one. */
const findLinked: MigrationStep = {
  name: 'find linked sessions',
  sql: () =>
    "UPDATE sessions SET method = 'linked' WHERE user_id IN (SELECT id FROM users WHERE password_hash IS NULL)",
};

export const steps = [...addColumns('sessions', { method: key(16).default('password') }), findLinked];
