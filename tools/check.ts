/** `npm run check`: everything that must hold before a change is merged, two steps at a time, each with its time. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { readCommandLine, refuse } from './command-line.ts';
import { runSteps, type Step, type StepResult } from './run-steps.ts';

const HELP = `npm run check [-- OPTIONS]

Format, lint, types, import rules, dead code, house rules, the committed API document and list of errors, and the fast
tests (the pure ones and SQLite). Ends non-zero when a step fails.

  --only NAMES   some steps, such as tidy,types:server
  --skip NAMES   all but some
  --all          with everything that a failed step printed
  --list         the names of the steps with what they run
  --help

With CHECK_REPORT=FILE it also writes how many steps passed and failed, in the shape of a test report.`;

const WIDTH = 2;
/** A step that fails in a hundred places is understood after the first few. */
const SHORT_OUTPUT_LINES = 120;

/** Workspaces that hold TypeScript; each is checked with its own tsconfig.json. */
function typedWorkspaces(): string[] {
  const { workspaces } = JSON.parse(readFileSync('package.json', 'utf8')) as { workspaces: string[] };
  return workspaces.filter(
    (workspace) => globSync(`${workspace}/{*,{src,test,migrations}/**/*}.{ts,tsx}`).length > 0,
  );
}

/** The slow ones first, so that the short ones fill the gaps. */
function allSteps(): Step[] {
  const fastProjects = ['--project', 'unit', '--project', 'sqlite'];
  const workspaces = typedWorkspaces();
  return [
    { name: 'tests', command: ['vitest', 'run', ...fastProjects], environment: { TEST_FAST: 'true' } },
    { name: 'eslint', command: ['eslint', '--max-warnings', '0', '.'] },
    { name: 'biome', command: ['biome', 'ci', '--error-on-warnings', '--colors=off', '.'] },
    { name: 'types:tools', command: ['tsc', '-p', '.'] },
    ...workspaces.map(
      (workspace): Step => ({ name: `types:${workspace}`, command: ['tsc', '-p', workspace] }),
    ),
    {
      name: 'imports',
      command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'tools', ...workspaces],
    },
    { name: 'unused', command: ['knip'] },
    { name: 'tidy', command: ['node', 'tools/tidy.ts'] },
    {
      name: 'openapi',
      command: ['node', 'server/bin/suanpan.js', 'openapi', '--check', 'docs/openapi.json'],
    },
    { name: 'errors', command: ['node', 'tools/errors.ts', '--check'] },
  ];
}

function selectSteps(steps: readonly Step[], only: string | undefined, skip: string | undefined): Step[] {
  const listed = (list: string | undefined) => list?.split(',').map((name) => name.trim()) ?? [];
  const unknown = [...listed(only), ...listed(skip)].filter((name) =>
    steps.every((step) => step.name !== name),
  );
  if (unknown.length > 0) {
    const names = steps.map(({ name }) => name).join(', ');
    refuse(`There is no step named ${unknown.join(', ')}. Steps: ${names}.`);
  }
  return steps.filter(
    ({ name }) => (only === undefined || listed(only).includes(name)) && !listed(skip).includes(name),
  );
}

function printResult({ name, isPassed, seconds, output }: StepResult, maxLines: number): void {
  console.log(`${isPassed ? 'ok  ' : 'FAIL'} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s`);
  if (isPassed) {
    return;
  }
  const lines = output.trimEnd().split('\n');
  console.log(lines.slice(0, maxLines).join('\n').replaceAll(/^/gm, '     | '));
  if (lines.length > maxLines) {
    console.log(`     | and ${lines.length - maxLines} lines more: npm run check -- --only ${name} --all`);
  }
}

function writeReport(results: readonly StepResult[], file: string): void {
  const passed = results.filter(({ isPassed }) => isPassed).length;
  writeFileSync(
    file,
    JSON.stringify({ numPassedTests: passed, numFailedTests: results.length - passed, numPendingTests: 0 }),
  );
}

const { values } = readCommandLine(HELP, {
  options: {
    only: { type: 'string' },
    skip: { type: 'string' },
    all: { type: 'boolean' },
    list: { type: 'boolean' },
  },
});
const steps = selectSteps(allSteps(), values.only, values.skip);
if (values.list) {
  console.log(steps.map(({ name, command }) => `${name.padEnd(18)} ${command.join(' ')}`).join('\n'));
} else {
  const startedAt = performance.now();
  const maxLines = values.all ? Number.POSITIVE_INFINITY : SHORT_OUTPUT_LINES;
  const results = await runSteps(steps, WIDTH, (result) => printResult(result, maxLines));
  const failed = results.filter(({ isPassed }) => !isPassed).map(({ name }) => name);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${results.length - failed.length} of ${results.length} steps passed in ${seconds} s`);
  if (failed.length > 0) {
    console.log(`failed: ${failed.join(', ')}. One alone: npm run check -- --only ${failed[0]}`);
    process.exitCode = 1;
  }
  if (process.env.CHECK_REPORT) {
    writeReport(results, process.env.CHECK_REPORT);
  }
}
