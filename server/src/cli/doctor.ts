import type { Command } from 'commander';
import { type DoctorReport, INVARIANTS, runDoctor, type Violation } from '../modules/doctor/index.ts';
import { type CliContext, CommandError } from './context.ts';

const SHOWN = 20;

function rowOf(id: string, rule: string, violations: readonly Violation[]): string {
  const count = violations.filter(({ invariant }) => invariant === id).length;
  return `  ${id.padEnd(4)} ${count === 0 ? 'holds'.padEnd(10) : `${count} broken`.padEnd(10)} ${rule}`;
}

function describe({ counts, violations, durationMs }: DoctorReport): string {
  const looked = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const rows = Object.entries(INVARIANTS).map(([id, rule]) => rowOf(id, rule, violations));
  const details = violations
    .slice(0, SHOWN)
    .map(({ invariant, subject, message }) => `  ${invariant.padEnd(4)} ${subject}  ${message}`);
  const rest =
    violations.length > SHOWN ? [`  and ${violations.length - SHOWN} more; --json shows them`] : [];
  const found = violations.length > 0 ? ['', 'Found:', ...details, ...rest] : [];
  return [`Looked at ${looked.join(', ')} in ${durationMs} ms.`, '', ...rows, ...found].join('\n');
}

/** `suanpan doctor [--json]` */
export function addDoctorCommand(program: Command, open: () => Promise<CliContext>): void {
  program
    .command('doctor')
    .description('check every invariant on the whole database, also while a server runs; changes nothing')
    .option('--json', 'print the report as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { db, clock, close } = await open();
      try {
        const report = await runDoctor(db, clock);
        console.log(json ? JSON.stringify(report, null, 2) : describe(report));
        if (!report.ok) {
          throw new CommandError(
            `${report.violations.length} violations. Stop deliveries and refunds, keep a copy of the database as it is, ` +
              'and follow each subject through its timeline in the console: GET /admin/orders/:id.',
          );
        }
        console.error('Every invariant holds.');
      } finally {
        await close();
      }
    });
}
