import { expect, test } from 'vitest';
import { docstrings } from './docstrings.ts';
import { toProjectFile } from './project.ts';

const file = (name: string, text: string) => toProjectFile(`server/src/modules/orders/${name}`, text);
const words = (findings: { message: string }[]) => findings.map(({ message }) => message.split(/[: ]/)[0]);

const index = (text: string) => file('index.ts', text);

test('what a module exports through its index.ts is documented where it is declared', () => {
  const code = file('place-order.ts', 'export function placeOrder() {}\nexport function priceLines() {}');
  expect(docstrings([index("export { placeOrder } from './place-order.ts';"), code])).toEqual([
    expect.objectContaining({ path: code.path, line: 1, message: expect.stringContaining('placeOrder') }),
  ]);
  expect(words(docstrings([index("export * from './place-order.ts';"), code]))).toEqual([
    'placeOrder',
    'priceLines',
  ]);
});

test('renamed exports and chains of files are followed to the declaration', () => {
  const files = [
    index("export { place as placeOrder } from './face.ts';"),
    file('face.ts', "export { makeOrder as place } from './deep/make.ts';"),
    file('deep/make.ts', 'export const makeOrder = () => 1;'),
  ];
  expect(docstrings(files).map(({ path }) => path)).toEqual(['server/src/modules/orders/deep/make.ts']);
});

test('an import that is passed on by a bare export is followed too', () => {
  const files = [
    index("import { place } from './place.ts';\nexport { place };"),
    file('place.ts', 'export const place = () => 1;'),
  ];
  expect(words(docstrings(files))).toEqual(['place']);
});

test('a docstring counts, a plain comment does not', () => {
  expect(docstrings([index('/** Places it. */\nexport const place = () => 1;')])).toEqual([]);
  expect(docstrings([index('// Places it.\nexport const place = () => 1;')])).toHaveLength(1);
});

test('overloads, neighbours without a blank line and declared errors share or carry their words', () => {
  const overloads = 'export function at(a: string): void;\nexport function at(a: unknown) {}';
  expect(docstrings([index(`/** Moves. */\n${overloads}`)])).toEqual([]);
  expect(docstrings([index('/** Units. */\nexport const A = 1;\nexport const B = 2;')])).toEqual([]);
  expect(words(docstrings([index('/** Units. */\nexport const A = 1;\n\nexport const B = 2;')]))).toEqual([
    'B',
  ]);
  expect(docstrings([index("export const paid = defineError({ code: 'order_paid' });")])).toEqual([]);
});

test('everything that a file of the kernel exports is documented', () => {
  const text = 'export const clock = 1;\nconst inner = 2;\nfunction own() {}';
  expect(words(docstrings([toProjectFile('server/src/kernel/clock.ts', text)]))).toEqual(['clock']);
  expect(docstrings([file('place.ts', 'export const place = 1;')])).toEqual([]);
});
