import { expect, test } from 'vitest';
import { runSteps, type Step } from './run-steps.ts';

const node = (name: string, code: string): Step => ({ name, command: [process.execPath, '-e', code] });

test('every step runs, also after one that failed', async () => {
  const reported: string[] = [];
  const results = await runSteps(
    [node('red', "console.error('no'); process.exit(3)"), node('green', "console.log('yes')")],
    1,
    ({ name }) => reported.push(name),
  );
  expect(results.map(({ isPassed, output }) => [isPassed, output])).toEqual([
    [false, 'no\n'],
    [true, 'yes\n'],
  ]);
  expect(reported).toEqual(['red', 'green']);
});

test('a program that does not exist fails its step and says so', async () => {
  const [result] = await runSteps([{ name: 'gone', command: ['no-such-program'] }], 2, () => undefined);
  expect(result).toMatchObject({ isPassed: false, output: expect.stringContaining('can not be started') });
});
