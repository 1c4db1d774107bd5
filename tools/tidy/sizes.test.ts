import { expect, test } from 'vitest';
import { toProjectFile } from './project.ts';
import { fileLength, functionLength } from './sizes.ts';

const lines = (count: number) => '  run();\n'.repeat(count);
const functionLines = (path: string, text: string) => functionLength([toProjectFile(path, text)]);

test('a file of code may have 300 lines and no more', () => {
  expect(fileLength([toProjectFile('server/src/a.ts', lines(300))])).toEqual([]);
  expect(fileLength([toProjectFile('server/src/a.ts', lines(301))])).toHaveLength(1);
  expect(fileLength([toProjectFile('server/test/a.test.ts', lines(301))])).toHaveLength(1);
  expect(fileLength([toProjectFile('docs/long.md', lines(301))])).toEqual([]);
});

test('a function may have 70 lines and no more, whatever its form', () => {
  expect(functionLines('a.ts', `function pay() {\n${lines(68)}}`)).toEqual([]);
  expect(functionLines('a.ts', `function pay() {\n${lines(69)}}`)).toHaveLength(1);
  expect(functionLines('a.ts', `const pay = async () => {\n${lines(69)}};`)).toHaveLength(1);
  expect(functionLines('a.ts', `const payer = { pay() {\n${lines(69)}} };`)).toHaveLength(1);
  expect(functionLines('a.ts', `/**\n${' *\n'.repeat(70)} */\nfunction pay() {}`)).toEqual([]);
});

test('a factory is measured without the functions inside it, and they are measured one by one', () => {
  const inner = `function pay() {\n${lines(60)}}\n`;
  expect(functionLines('a.ts', `function createPayer() {\n${inner}${inner}}`)).toEqual([]);
  expect(functionLines('a.ts', `const createPayer = () => {\n${inner}${inner}};`)).toEqual([]);
  expect(functionLines('a.ts', `function registerPayer() {\n${inner}${inner}}`)).toHaveLength(1);
  expect(functionLines('a.ts', `function createPayer() {\n${inner}${lines(69)}}`)).toHaveLength(1);
  expect(functionLines('a.ts', `function createPayer() {\nfunction pay() {\n${lines(69)}}\n}`)).toHaveLength(
    1,
  );
});

test('a describe may be as long as its tests, and a test may not', () => {
  expect(functionLines('a.test.ts', `describe('paying', () => {\n${lines(90)}});`)).toEqual([]);
  expect(functionLines('a.test.ts', `test('it pays once', () => {\n${lines(90)}});`)).toHaveLength(1);
  expect(functionLines('a.ts', `describe('paying', () => {\n${lines(90)}});`)).toHaveLength(1);
});
