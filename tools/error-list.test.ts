import { describe, expect, test } from 'vitest';
import { readErrors, toMarkdown } from './error-list.ts';
import { toProjectFile } from './tidy/project.ts';

const declare = (code: string, status: number) =>
  `export const a = defineError({ code: '${code}', status: ${status}, message: { en: 'No | no.', zh: '不。' } });`;
const inOrders = (text: string) => toProjectFile('server/src/modules/orders/errors.ts', text);

describe('the page of error codes', () => {
  test('each declaration is one row, by code, with the module that declares it', () => {
    const files = [
      inOrders(declare('order_late', 409)),
      toProjectFile('server/src/kernel/errors.ts', declare('forbidden', 403)),
    ];
    expect(readErrors(files)).toEqual([
      { code: 'forbidden', status: 403, en: 'No | no.', zh: '不。', home: 'kernel' },
      { code: 'order_late', status: 409, en: 'No | no.', zh: '不。', home: 'orders' },
    ]);
    expect(toMarkdown(readErrors(files))).toContain('| `order_late` | 409 | orders | No \\| no. | 不。 |\n');
  });

  test('what tests declare is not on the page', () => {
    const file = toProjectFile('server/src/modules/orders/a.test.ts', declare('order_odd', 400));
    expect(readErrors([file])).toEqual([]);
  });

  test('a declaration that can not be read is named by its place', () => {
    const text =
      "\nexport const a = defineError({ code: CODE, status: 409, message: { en: 'A', zh: 'B' } });";
    expect(() => readErrors([inOrders(text)])).toThrow('server/src/modules/orders/errors.ts:2');
  });
});
