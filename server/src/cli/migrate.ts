import type { Command } from 'commander';
import { applyMigrations, pendingMigrations } from '../kernel/db/index.ts';
import { type CliContext, CommandError } from './context.ts';

/** `suanpan migrate [--check]` */
export function addMigrateCommand(program: Command, open: () => Promise<CliContext>): void {
  program
    .command('migrate')
    .description('bring the database schema up to date (forward only; harmless to repeat)')
    .option('--check', 'change nothing; end with 1 when something is pending')
    .action(async ({ check }: { check?: boolean }) => {
      const context = await open();
      try {
        if (check) {
          await checkPending(context);
          return;
        }
        const done = await applyMigrations(context.db);
        for (const name of done) {
          console.log(`applied  ${name}`);
        }
        console.log(done.length === 0 ? 'The schema is up to date.' : `${done.length} steps applied.`);
      } finally {
        await context.close();
      }
    });
}

async function checkPending(context: CliContext): Promise<void> {
  const pending = await pendingMigrations(context.db);
  if (pending.length > 0) {
    throw new CommandError(`${pending.length} steps are pending; run \`npx suanpan migrate\`.`);
  }
  console.log('The schema is up to date.');
}
