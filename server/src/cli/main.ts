import { Command } from 'commander';
import { explainFailure } from '../explain-failure.ts';
import { version } from '../version.ts';
import { CommandError, openContext } from './context.ts';
import { addDoctorCommand } from './doctor.ts';
import { addImportCommands } from './import.ts';
import { addMigrateCommand } from './migrate.ts';
import { addOpenApiCommand } from './openapi.ts';
import { addReconcileCommand, openReconciler } from './reconcile.ts';
import { addUserCommands } from './user.ts';

/** Runs one command; answers the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const program = new Command('suanpan')
    .description('Suanpan: orders and payments you can count on')
    .version(version)
    .showHelpAfterError()
    .exitOverride();
  addMigrateCommand(program, () => openContext({ allowsPending: true }));
  addImportCommands(program, () => openContext());
  addDoctorCommand(program, () => openContext());
  addReconcileCommand(program, openReconciler);
  addUserCommands(program, () => openContext());
  addOpenApiCommand(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  const { code, exitCode } = error as { code?: unknown; exitCode?: unknown };
  if (typeof code === 'string' && code.startsWith('commander.')) {
    return Number(exitCode);
  }
  console.error(error instanceof CommandError ? error.message : (explainFailure(error) ?? error));
  return 1;
}
