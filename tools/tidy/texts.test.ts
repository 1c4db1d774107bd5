import { describe, expect, test } from 'vitest';
import { toProjectFile } from './project.ts';
import {
  everyTestRuns,
  inputInBothLanguages,
  noPrivateTraces,
  noUnfinishedWork,
  testNames,
} from './texts.ts';

const inTest = (text: string) => [toProjectFile('server/src/modules/orders/place.test.ts', text)];

describe('no-unfinished-work', () => {
  test('notes to oneself are found in code and papers', () => {
    const note = `TO${'DO'}: lock the row`;
    expect(noUnfinishedWork([toProjectFile('a.ts', `// ${note}`), toProjectFile('b.md', note)])).toHaveLength(
      2,
    );
    expect(noUnfinishedWork([toProjectFile('a.ts', "const method = 'todos';")])).toEqual([]);
  });
});

describe('no-private-traces', () => {
  test.each([
    ['server/src/a.ts', `const folder = '/${'root'}/data';`],
    ['docs/a.md', `run /${'home'}/someone/suanpan`],
    ['.npmrc', `url=https://${'registry'}.example.org/`],
    ['package-lock.json', `"${'resolved'}": "https://example.org/a.tgz"`],
  ])('%s may not tell where it was made', (path, text) => {
    expect(noPrivateTraces([toProjectFile(path, text)])).toHaveLength(1);
  });

  test('routes and relative paths are fine', () => {
    const text = "app.get('/api/homework/'); import('./work/a.ts'); fetch('https://example.org/home/');";
    expect(noPrivateTraces([toProjectFile('server/src/a.ts', text)])).toEqual([]);
  });
});

describe('input-in-both-languages', () => {
  const inModule = (text: string) =>
    inputInBothLanguages([toProjectFile('server/src/modules/a/input.ts', text)]);

  test.each([
    'z.string().regex(/x/)',
    "z.string().regex(/x/, 'an x')",
    "z.string().refine(isX, { error: 'an x' })",
    "z.string().refine(isX, { message: 'an x', path: ['x'] })",
    'z.string().refine(isX)',
  ])('%s tells half of the readers nothing', (text) => {
    expect(inModule(text)).toHaveLength(1);
  });

  test.each([
    "z.string().regex(/x/, inputMessage('An x.', '须为 x。'))",
    "z.string().refine(isX, { message: inputMessage('An x.', '须为 x。'), path: ['x'] })",
    'z.object({}).refine(isOneWay, ONE_WAY)',
  ])('%s tells all of them', (text) => {
    expect(inModule(text)).toEqual([]);
  });

  test('what people set on their own machine is said in English', () => {
    const settings = toProjectFile('server/src/kernel/config/keys.ts', "z.string().regex(/x/, 'an x')");
    expect(inputInBothLanguages([settings])).toEqual([]);
  });
});

describe('every-test-runs', () => {
  test.each([
    'test.only',
    'it.skip',
    'describe.todo',
    'test.skipIf(slow)',
    'describe.only.each(rows)',
    'xit',
  ])('%s is refused', (runner) => {
    expect(everyTestRuns(inTest(`${runner}('a late payment is refunded', () => {});`))).toHaveLength(1);
  });

  test('rows of a table and conditions around a test are fine', () => {
    expect(
      everyTestRuns(inTest("test.each([1])('a row of %i', () => {}); query.skip(3); list.only();")),
    ).toEqual([]);
  });
});

describe('test-names', () => {
  test('a test is named by a sentence', () => {
    expect(testNames(inTest("test('refund', () => {});"))).toHaveLength(1);
    expect(testNames(inTest("it('should refund the money', () => {});"))).toHaveLength(1);
    expect(testNames(inTest("test.each([1])('works', () => {});"))).toHaveLength(1);
    expect(testNames(inTest("test('a late payment is refunded', () => {});"))).toEqual([]);
    expect(testNames(inTest("/x/.test('a');"))).toEqual([]);
  });
});
