import { type Clock, systemClock } from '../kernel/clock.ts';
import { type Config, loadConfig } from '../kernel/config/index.ts';
import { type Db, openDb, pendingMigrations } from '../kernel/db/index.ts';
import { createLogger, type Logger } from '../kernel/log/index.ts';

/** What a command works with. It writes in small transactions, so that it can run beside a server (RULES 18). */
export interface CliContext {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  close(): Promise<void>;
}

/** A failure that a person can mend; printed as one line, without a stack. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}

/** Opens the configured database. Throws a CommandError that says what to do when its schema is not up to date. */
export async function openContext(options: { readonly allowsPending?: boolean } = {}): Promise<CliContext> {
  const config = loadConfig(process.env);
  const log = createLogger(process.env.LOG_LEVEL ?? 'warn');
  const db = await openDb(config.database.url, { clock: systemClock, poolSize: 2 });
  if (!options.allowsPending && (await pendingMigrations(db)).length > 0) {
    await db.close();
    throw new CommandError('The database schema is not up to date: run `npx suanpan migrate` first.');
  }
  return { config, db, clock: systemClock, log, close: () => db.close() };
}
