/**
 * Which tests run where:
 *   unit      `*.test.ts` beside the code and the gateways against their simulators, once; those that need a database
 *             take SQLite. A gateway knows no tables.
 *   sqlite, postgres, mysql
 *             `*.engine.test.ts` beside the code and the rest of server/test, once for each engine.
 *   browser   web/test, once, in headless Chromium, on pages built from this tree.
 * Names ending in `.slow.test.ts` are left out of the fast tests. An engine that does not answer, or a browser that is
 * not there, is left out and named at the start; with CI=true it fails the run instead.
 */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { type EngineProbe, probeEngines } from './server/test/probe-engines.ts';

const IGNORED = ['**/node_modules/**', '**/dist/**'];
const MAKE_TEMPLATE = ['server/test/make-template.ts'];
const GATEWAY_TESTS = 'server/test/gateways/**/*.test.ts';
const isCi = process.env.CI === 'true';
const isFast = process.env.TEST_FAST === 'true';

const seed = process.env.FAST_CHECK_SEED ?? String(randomInt(2 ** 31));
process.env.FAST_CHECK_SEED = seed;

function project(name: string, include: string[], exclude: string[], env: Readonly<Record<string, string>>) {
  return {
    extends: true,
    test: {
      name,
      include,
      exclude: [...IGNORED, ...exclude, ...(isFast ? ['**/*.slow.test.ts'] : [])],
      env,
      globalSetup: MAKE_TEMPLATE,
    },
  } satisfies TestProjectConfiguration;
}

function engineProject({ engine, environment, failure }: EngineProbe) {
  if (failure !== undefined) {
    return project(engine, ['server/test/unreachable-engine.ts'], [], {
      ...environment,
      TEST_ENGINE_FAILURE: failure,
    });
  }
  return project(
    engine,
    ['{server,simulators,bench}/**/*.engine.test.ts', 'server/test/**/*.test.ts'],
    [GATEWAY_TESTS],
    environment,
  );
}

const probes = await probeEngines(process.env);
const engines = probes.filter(({ failure }) => failure === undefined || isCi);
for (const { failure } of probes) {
  if (failure !== undefined) {
    process.stderr.write(`${isCi ? 'failing' : 'left out'}: ${failure}\n`);
  }
}
process.stderr.write(
  `engines: ${engines.map(({ engine }) => engine).join(', ')} · properties: FAST_CHECK_SEED=${seed}\n`,
);

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const hasBrowser = existsSync(chromium) || isCi;
if (!hasBrowser) {
  process.stderr.write(`left out: no browser at ${chromium}; install Chromium or set CHROMIUM_PATH\n`);
}
const BROWSER_TESTS = 'simulators/src/phone/*.test.ts';

const onSqlite = { TEST_ENGINE: 'sqlite' };
const inBrowser = project('browser', ['web/test/**/*.test.ts'], [], onSqlite);
const browserProject = {
  ...inBrowser,
  test: {
    ...inBrowser.test,
    globalSetup: [...MAKE_TEMPLATE, 'web/test/build-pages.ts'],
    // Stories of many pages, on machines that do other things meanwhile.
    testTimeout: 120_000,
  },
};

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        ['{server,simulators,web,client,bench}/src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts', GATEWAY_TESTS],
        ['**/*.engine.test.ts', ...(hasBrowser ? [] : [BROWSER_TESTS])],
        onSqlite,
      ),
      ...engines.map(engineProject),
      ...(hasBrowser ? [browserProject] : []),
    ],
    environment: 'node',
    setupFiles: ['tools/fast-check-seed.ts'],
    pool: 'forks',
    // Loading the program again for each file would take a fifth of the time: files clean up after themselves.
    isolate: false,
    // A test waits for its database about as long as it computes.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    passWithNoTests: true,
    allowOnly: false,
    reporters: process.env.TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]]
      : ['default'],
  },
});
