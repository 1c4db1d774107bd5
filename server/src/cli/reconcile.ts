import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { compose } from '../compose.ts';
import { explainFailure } from '../explain-failure.ts';
import { systemActor } from '../kernel/actor.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config/index.ts';
import { describeError } from '../kernel/db/index.ts';
import { AppError } from '../kernel/errors.ts';
import { formatDecimal, isCurrency } from '../kernel/money.ts';
import { type Outbound, OutboundError } from '../kernel/outbound/index.ts';
import {
  type BillSource,
  type ReconciledDay,
  type Reconciliation,
  RunOvertaken,
} from '../modules/reconciliation/index.ts';
import { openKernel } from '../open-kernel.ts';
import { connectSimulators } from '../start-simulators.ts';
import { CommandError, openContext } from './context.ts';

const CLEAN = 0;
const DIFFERENT = 1;
const FAILED = 2;

/** The program without its server and its worker, as far as this command needs it. */
interface Reconciler {
  readonly reconciliation: Pick<Reconciliation, 'sources' | 'reconcile'>;
  close(): Promise<void>;
}

/** Opens it beside a running server: on its database, with its providers, in small transactions (RULES 18). */
export async function openReconciler(): Promise<Reconciler> {
  // A large bill leaves much garbage behind; collecting it earlier costs little and keeps the process small.
  setFlagsFromString('--optimize-for-size');
  const { config: given, log, close } = await openContext();
  await close();
  const kernel = await openKernel({ config: given, clock: systemClock, log });
  try {
    const config = given.simulators.isOn ? await reachSimulators(given, kernel.outbound) : given;
    const { reconciliation } = await compose(kernel, config, { phoneUrl: null });
    return { reconciliation, close: () => kernel.close() };
  } catch (error) {
    await kernel.close();
    throw error;
  }
}

async function reachSimulators(given: Config, outbound: Outbound): Promise<Config> {
  try {
    return await connectSimulators(given, outbound);
  } catch (error) {
    throw error instanceof OutboundError
      ? new CommandError(
          `The simulated providers do not answer on port ${given.simulators.port}: run \`npm start\` or \`npx suanpan-simulators\` beside this.`,
        )
      : error;
  }
}

function findSource(
  sources: readonly BillSource[],
  provider: string,
  account: string | undefined,
): BillSource {
  const ofProvider = sources.filter(
    (source) =>
      source.provider === provider && (account ?? source.merchantAccount) === source.merchantAccount,
  );
  const [source] = ofProvider;
  if (source === undefined) {
    const known = sources.map((one) => `${one.provider} (${one.merchantAccount})`);
    const has = known.length === 0 ? 'No account has bills' : `Accounts with bills: ${known.join(', ')}`;
    throw new CommandError(`There is no bill of ${provider} to be had. ${has}.`);
  }
  return source;
}

const money = (amount: number, currency: string) =>
  isCurrency(currency) ? `${formatDecimal({ amount, currency })} ${currency}` : `${amount} ${currency}`;

function describeSums({ report }: ReconciledDay): string[] {
  return report.sums.map((sum) => {
    const type = sum.type.padEnd(8);
    const bill = `bill ${sum.bill_count} × ${money(sum.bill_amount, sum.currency)}`;
    const here = `here ${sum.here_count} × ${money(sum.here_amount, sum.currency)}`;
    const ledger = sum.ledger_amount === sum.here_amount ? 'the ledger agrees' : 'THE LEDGER DIFFERS';
    return `  ${type} ${bill}, ${here}, ${ledger}; fees ${money(sum.bill_fee, sum.currency)}`;
  });
}

function describe(day: ReconciledDay): string {
  const { run, counts } = day.report;
  const title = `${run.provider} ${run.merchant_account} on ${run.bill_date}`;
  if (day.outcome !== 'done') {
    const why = day.outcome === 'not_ready' ? 'is not there yet' : `could not be had (${run.reason ?? ''})`;
    return `${title}: the bill ${why}; the server asks for it again every half hour.`;
  }
  const found = counts.map(({ kind, state, count }) => `  ${kind.padEnd(14)} ${state.padEnd(10)} ${count}`);
  const none = ['  no differences'];
  return [
    `${title}: ${run.line_count} lines`,
    ...describeSums(day),
    ...(found.length > 0 ? found : none),
  ].join('\n');
}

function toJson({ outcome, report: { run, sums, counts } }: ReconciledDay): string {
  const { id, provider, merchant_account: merchantAccount, bill_date: date, line_count: lines } = run;
  return JSON.stringify(
    { outcome, id, provider, merchantAccount, date, lines, sums, differences: counts },
    null,
    2,
  );
}

function exitCodeOf({ outcome, report }: ReconciledDay): number {
  if (outcome !== 'done') {
    return FAILED;
  }
  return report.counts.some(({ state }) => state === 'open') ? DIFFERENT : CLEAN;
}

interface Flags {
  readonly provider: string;
  readonly date: string;
  readonly account?: string;
  readonly json?: boolean;
}

async function run(
  open: () => Promise<Reconciler>,
  { provider, date, account, json }: Flags,
): Promise<number> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
    throw new CommandError(`${date} is no date; say it as 2026-11-20.`);
  }
  const { reconciliation, close } = await open();
  try {
    const source = findSource(reconciliation.sources, provider, account);
    const day = await reconciliation.reconcile(source, date, systemActor('cli.reconcile'));
    console.log(json ? toJson(day) : describe(day));
    return exitCodeOf(day);
  } finally {
    await close();
  }
}

/** What a person can mend, in one line; anything else as it is. */
function explain(error: unknown): unknown {
  if (error instanceof CommandError || error instanceof RunOvertaken) {
    return error.message;
  }
  if (error instanceof AppError) {
    return `${error.message} ${JSON.stringify(error.details ?? {})}`;
  }
  return explainFailure(error) ?? (error instanceof Error ? error : describeError(error));
}

/** `suanpan reconcile --provider NAME --date DAY [--account NAME] [--json]` */
export function addReconcileCommand(program: Command, open: () => Promise<Reconciler>): void {
  program
    .command('reconcile')
    .description("compare a day's bill of a provider with the books, also while a server runs")
    .requiredOption('--provider <name>', 'such as wechat_pay')
    .requiredOption('--date <day>', "YYYY-MM-DD in the bill's time zone")
    .option('--account <name>', 'the merchant account, where a provider has several')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nDownloads the bill anew, asks the provider again about what does not agree, and keeps decisions on differences.\n' +
        'Ends with 0 when nothing is open, with 1 when differences are, and with 2 when there is nothing to compare with.',
    )
    .action(async (flags: Flags) => {
      try {
        process.exitCode = await run(open, flags);
      } catch (error) {
        console.error(explain(error));
        process.exitCode = FAILED;
      }
    });
}
