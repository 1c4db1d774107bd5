import { applyMigrations, type Db, type DbOptions, openDb } from '../../src/kernel/db/index.ts';
import { createFromTemplate } from './template.ts';

export { type EmptyDatabase as TestDatabase, testEngine } from './engines.ts';
/** A database of its own for one test file, on the engine of this run. */
export { createFromTemplate as createTestDatabase } from './template.ts';

/** A migrated database whose transactions run every callback twice, the first run rolled back. */
export async function openTestDb(
  options: Partial<DbOptions> & Pick<DbOptions, 'clock'>,
): Promise<Db & { readonly url: string }> {
  const database = await createFromTemplate();
  const db = await openDb(database.url, { rehearse: true, ...options });
  await applyMigrations(db);
  return {
    ...db,
    url: database.url,
    async close() {
      await db.close();
      await database.drop();
    },
  };
}
