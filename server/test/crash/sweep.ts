/**
 * `npm run sweep`: kills the program at every boundary of the kernel that the story crosses, starts it again, lets it
 * finish and checks every invariant. The simulators run in this process, so they outlive it as a real provider does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { readCommandLine, readName, readNumber, refuse, withDefault } from '../../../tools/command-line.ts';
import type { Engine } from '../../src/kernel/db/index.ts';
import { toWechatSettings } from '../harness/app.ts';
import { createTestDatabase } from '../harness/database.ts';
import { findFreePort } from '../harness/free-port.ts';
import { ADMIN_PASSWORD } from './program.ts';

const START = Date.parse('2026-11-20T04:00:00Z');
const DRIVER = fileURLToPath(new URL('./driver.ts', import.meta.url));
const PRELOAD = new URL('./preload.ts', import.meta.url).href;
const DEFAULT_SAMPLE = 12;
const CHILD_WITHIN_MS = 120_000;

const HELP = `npm run sweep [-- OPTIONS]

Kills the program at each boundary that the story crosses, at its first and its second time, starts it
again, and checks every invariant, here and at the simulated provider.

  --sample [N]    only N of them, spread evenly (${DEFAULT_SAMPLE})
  --only TEXT     only those whose name contains TEXT
  --engine NAME   sqlite (default), postgres or mysql
  --list          only list the boundaries with how often each is crossed
  --help
`;

interface Outcome {
  readonly signal: string | null;
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A folder, a database, a port and simulators of its own for one run. */
interface Ground {
  readonly log: string;
  run(phase: 'story' | 'recover', crashAt?: string): Promise<Outcome>;
  clear(): Promise<void>;
}

async function runChild(phase: string, environment: Record<string, string>): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', PRELOAD, DRIVER, phase], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGTERM'), CHILD_WITHIN_MS);
  const [output, errors, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ]);
  clearTimeout(timer);
  return { code, signal, output, errors };
}

async function prepareGround(simulators: Simulators, engine: Engine): Promise<Ground> {
  simulators.reset();
  simulators.changeSettings({ delivery: 'manual' });
  const database = await createTestDatabase(engine);
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-sweep-'));
  const log = join(folder, 'boundaries');
  const environment = {
    ...{ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: String(await findFreePort()), ROLE: 'api' },
    ...{ LOG_LEVEL: 'silent', SIMULATORS: 'off', DEMO_DATA: 'false', JWT_EXPIRES_IN: '30d', ADMIN_PASSWORD },
    ...{ DATABASE_URL: database.url, DATA_DIR: folder, SIMULATORS_CONTROL_URL: simulators.controlUrl },
    ...{ NODE_COMPILE_CACHE: join(tmpdir(), 'suanpan-sweep-cache'), CRASH_LOG: log },
    ...toWechatSettings(simulators),
  };
  return {
    log,
    run: (phase, crashAt) => runChild(phase, { ...environment, ...(crashAt && { CRASH_AT: crashAt }) }),
    async clear() {
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Plays the story to its end; answers how often each boundary was crossed, in the order in which they were. */
async function listBoundaries(simulators: Simulators, engine: Engine): Promise<Map<string, number>> {
  const ground = await prepareGround(simulators, engine);
  try {
    const { code, errors } = await ground.run('story');
    if (code !== 0) {
      throw new Error(`the story does not come to its end:\n${errors}`);
    }
    const counts = new Map<string, number>();
    for (const boundary of readFileSync(ground.log, 'utf8').split('\n').filter(Boolean)) {
      counts.set(boundary, (counts.get(boundary) ?? 0) + 1);
    }
    const wrong = await readRecovery(ground);
    if (wrong.length > 0) {
      throw new Error(`the story without a crash leaves:\n${wrong.join('\n')}`);
    }
    return counts;
  } finally {
    await ground.clear();
  }
}

async function readRecovery(ground: Ground): Promise<string[]> {
  const { code, output, errors } = await ground.run('recover');
  return code === 0
    ? (JSON.parse(output) as string[])
    : [`it does not come up again: ${errors.slice(-2_000)}`];
}

/** Dies there and comes back; answers what is wrong afterwards. */
async function crashAt(simulators: Simulators, engine: Engine, point: string): Promise<string[]> {
  const ground = await prepareGround(simulators, engine);
  try {
    const { signal, code, errors } = await ground.run('story', point);
    if (signal !== 'SIGKILL') {
      return [`the program was not killed there (code ${code}): ${errors.slice(-2_000)}`];
    }
    return await readRecovery(ground);
  } finally {
    await ground.clear();
  }
}

function spread<T>(all: readonly T[], count: number): T[] {
  const step = all.length / Math.min(count, all.length);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_none, index) => all[Math.floor(index * step)] as T,
  );
}

function readOptions() {
  const { values } = readCommandLine(HELP, {
    args: withDefault('--sample', DEFAULT_SAMPLE),
    options: {
      sample: { type: 'string' },
      only: { type: 'string', default: '' },
      engine: { type: 'string', default: 'sqlite' },
      list: { type: 'boolean', default: false },
    },
  });
  const engine = readName<Engine>('--engine', values.engine, ['sqlite', 'postgres', 'mysql']);
  const sample = values.sample === undefined ? undefined : readNumber('--sample', values.sample, 1);
  return { ...values, engine, sample };
}

async function sweep(options: ReturnType<typeof readOptions>, simulators: Simulators): Promise<boolean> {
  const { engine } = options;
  const startedAt = performance.now();
  const counts = await listBoundaries(simulators, engine);
  const crossed = [...counts].reduce((sum, [, count]) => sum + count, 0);
  for (const [boundary, count] of [...counts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    console.log(`${String(count).padStart(6)}  ${boundary}`);
  }
  console.log(`${counts.size} boundaries, crossed ${crossed} times, on ${engine}`);
  if (options.list) {
    return true;
  }
  const wanted = [...counts]
    .filter(([boundary]) => boundary.includes(options.only))
    .flatMap(([boundary, count]) => (count > 1 ? [boundary, `${boundary}#2`] : [boundary]));
  if (wanted.length === 0) {
    refuse(`No boundary's name contains "${options.only}".`);
  }
  const points = options.sample === undefined ? wanted : spread(wanted, options.sample);
  let failed = 0;
  for (const [index, point] of points.entries()) {
    const wrong = await crashAt(simulators, engine, point);
    failed += wrong.length > 0 ? 1 : 0;
    console.log(
      `${String(index + 1).padStart(4)}/${points.length}  ${wrong.length === 0 ? 'holds ' : 'BROKEN'}  ${point}`,
    );
    for (const line of wrong) {
      console.log(`              ${line}`);
    }
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    `killed at ${points.length} of ${wanted.length} points in ${seconds} s: ${points.length - failed} hold, ${failed} broken`,
  );
  writeReport(points.length - failed, failed);
  return failed === 0;
}

/** For whoever adds results up. */
function writeReport(numPassedTests: number, numFailedTests: number): void {
  if (process.env.SWEEP_REPORT) {
    writeFileSync(
      process.env.SWEEP_REPORT,
      JSON.stringify({ numPassedTests, numFailedTests, numPendingTests: 0 }),
    );
  }
}

const options = readOptions();
const simulators = await startSimulators({ delivery: 'manual', now: () => START });
try {
  process.exitCode = (await sweep(options, simulators)) ? 0 : 1;
} finally {
  await simulators.close();
}
