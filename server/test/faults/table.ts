/** `npm run faults`: every fault of every provider against purchases with refunds, as a table of counts. */
import { writeFileSync } from 'node:fs';
import { readCommandLine, readName, readNumber, refuse, withDefault } from '../../../tools/command-line.ts';
import { startTestApp } from '../harness/app.ts';
import { type Row, toMarkdown, type Verdict } from './matrix.ts';
import { type CellResult, type Fault, findUnfinished, playCell } from './play.ts';
import { RAILS, type Rail } from './rails.ts';

const HELP = `npm run faults [-- OPTIONS]

Plays purchases with refunds under each fault of each simulated provider, lets everything heal, and checks every
invariant and the provider's own books. Prints a table; ends non-zero when anything is broken.

  --rail NAME      one of ${RAILS.map(({ name }) => name).join(', ')}; all of them without it
  --only TEXT      faults whose "operation kind" contains it
  --sample [N]     so many faults of each rail, spread over all of them (6)
  --rounds N       how often the four stories are played under each fault (1)
  --seed N         amounts and repetitions (1)
  --engine NAME    sqlite (the default), postgres or mysql
  --help
`;
const DEFAULT_SAMPLE = 6;

function readOptions() {
  const { values } = readCommandLine(HELP, {
    args: withDefault('--sample', DEFAULT_SAMPLE),
    options: {
      rail: { type: 'string' },
      only: { type: 'string', default: '' },
      sample: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'sqlite' },
    },
  });
  const names = RAILS.map(({ name }) => name);
  const wanted = values.rail === undefined ? names : [readName('--rail', values.rail, names)];
  return {
    only: values.only,
    engine: readName('--engine', values.engine, ['sqlite', 'postgres', 'mysql']),
    sample: values.sample === undefined ? Infinity : readNumber('--sample', values.sample, 1),
    rounds: readNumber('--rounds', values.rounds, 1),
    seed: readNumber('--seed', values.seed),
    rails: RAILS.filter(({ name }) => wanted.includes(name)),
  };
}

/** Numbers from 0 up to 1 that are the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function spread<T>(all: readonly T[], count: number): T[] {
  if (count >= all.length) {
    return [...all];
  }
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)] as T);
}

type Options = ReturnType<typeof readOptions>;

function verdictOf({ wrong, struck }: CellResult): Verdict {
  if (wrong.length > 0) {
    return 'broken';
  }
  return struck === 0 ? 'not met' : 'held';
}

async function playRail(rail: Rail, options: Options, wrong: string[]): Promise<Row[]> {
  const app = await startTestApp({ ...rail.options, rehearse: false });
  const rows: Row[] = [];
  const add = (fault: Fault, cell: CellResult) => {
    const { purchases, struck } = cell;
    const row = { rail: rail.name, ...fault, purchases, struck, verdict: verdictOf(cell) };
    rows.push(row);
    console.log(
      `${row.verdict.padEnd(8)} ${rail.name} ${fault.operation} ${fault.kind}, struck ${struck} times`,
    );
    wrong.push(...cell.wrong.map((line) => `${rail.name} ${fault.operation} ${fault.kind}: ${line}`));
  };
  try {
    app.simulators.paypal.changeSettings({ webhookUrl: `${app.url}/payments/notify/paypal` });
    app.simulators.wechatCloud.changeSettings({ serviceUrl: app.url });
    const catalogue = Object.entries(app.simulators.faults.catalogue()[rail.provider] ?? {});
    const all = catalogue
      .filter(([operation]) => !rail.others.includes(operation))
      .flatMap(([operation, kinds]) => kinds.map((kind): Fault => ({ operation, kind })))
      .filter(({ operation, kind }) => `${operation} ${kind}`.includes(options.only));
    const [random, known] = [createRandom(options.seed), new Set<string>()];
    for (const fault of spread(all, options.sample)) {
      add(fault, await playCell(app, rail, fault, { rounds: options.rounds, random, known }));
    }
    const unfinished = (await findUnfinished(app, rail)).filter((line) => !known.has(line));
    add({ operation: 'all', kind: 'three days later' }, { purchases: 0, struck: 1, wrong: unfinished });
    return rows;
  } finally {
    await app.close();
  }
}

async function main(): Promise<boolean> {
  const options = readOptions();
  process.env.TEST_ENGINE = options.engine;
  const startedAt = performance.now();
  const wrong: string[] = [];
  const rows: Row[] = [];
  for (const rail of options.rails) {
    rows.push(...(await playRail(rail, options, wrong)));
  }
  // One row of each rail looks at all faults together.
  if (rows.length === options.rails.length) {
    refuse(`No fault's "operation kind" contains "${options.only}".`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`\n${toMarkdown(rows)}\n\n${seconds} s on ${options.engine}, seed ${options.seed}`);
  for (const line of wrong) {
    console.log(`  ${line}`);
  }
  const broken = rows.filter(({ verdict }) => verdict === 'broken').length;
  if (process.env.FAULTS_REPORT) {
    const numPassedTests = rows.filter(({ verdict }) => verdict === 'held').length;
    const report = { numPassedTests, numFailedTests: broken, numPendingTests: 0 };
    writeFileSync(process.env.FAULTS_REPORT, JSON.stringify(report));
  }
  return broken === 0;
}

process.exitCode = (await main()) ? 0 : 1;
