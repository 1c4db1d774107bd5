import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Some of them load the whole program before they can say what is wrong. */
const WITHIN = { timeout: 60_000 };

const PROGRAMS = Object.entries({
  'npm start': 'server/src/main.js',
  'npm run check': 'tools/check.ts',
  'npm run demo': 'tools/demo.ts',
  'npm run bench': 'bench/src/main.ts',
  'npm run simulate': 'server/test/stress/simulate.ts',
  'npm run sweep': 'server/test/crash/sweep.ts',
  'npm run faults': 'server/test/faults/table.ts',
  'npm run sends': 'server/test/sends/sends.ts',
  'npx suanpan': 'server/bin/suanpan.js',
  'npx suanpan-simulators': 'simulators/bin/suanpan-simulators.js',
});

async function run(
  program: string,
  words: readonly string[],
  settings: Readonly<Record<string, string>> = {},
) {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: ROOT,
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { output, errors, code };
}

test.each(PROGRAMS)('%s tells what it takes when it is asked', WITHIN, async (_name, program) => {
  const { output, code } = await run(program, ['--help']);
  expect(code).toBe(0);
  expect(output).toMatch(/^(npm |Usage: )/);
});

test.each(PROGRAMS)('%s refuses what it does not know in words', WITHIN, async (_name, program) => {
  const { errors, code } = await run(program, ['--no-such-option']);
  expect(code).toBe(1);
  expect(errors).toContain('--no-such-option');
  expect(errors).toContain('--help');
  expect(errors).not.toMatch(/^\s+at /m);
});

test.each([
  ['bench/src/main.ts', ['orders', '--seconds', 'long'], '--seconds takes a whole number from 1 on'],
  ['tools/demo.ts', ['opera'], 'There is no story "opera". Stories: main'],
  ['tools/check.ts', ['--only', 'taste'], 'There is no step named taste. Steps: tests'],
  ['server/test/crash/sweep.ts', ['--sample', 'some'], '--sample takes a whole number from 1 on'],
  ['server/test/faults/table.ts', ['--rail', 'barter'], '--rail is one of wechat_pay'],
] as const)('%s %j says what would be right', WITHIN, async (program, words, said) => {
  const { errors, code } = await run(program, words);
  expect(code).toBe(1);
  expect(errors).toContain(said);
});

test.each([
  ['server/src/main.js', []],
  ['server/bin/suanpan.js', ['doctor']],
] as const)('%s %j says which setting is wrong, and prints no stack', WITHIN, async (program, words) => {
  const settings = { SIMULATORS: 'off', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const { errors, code } = await run(program, words, settings);
  expect(code).toBe(1);
  expect(errors).toContain('DATABASE_URL says which one it is.');
  expect(errors).not.toMatch(/^\s+at /m);
});
