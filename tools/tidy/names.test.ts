import { expect, test } from 'vitest';
import { fileNames, folderNames, moduleFaces } from './names.ts';
import { toProjectFile } from './project.ts';

const paths = (...names: string[]) => names.map((name) => toProjectFile(name, ''));

test('a folder that says nothing is refused, a file of that name is not', () => {
  expect(folderNames(paths('server/src/utils/dates.ts', 'web/common/a/b.tsx'))).toHaveLength(2);
  expect(folderNames(paths('server/src/kernel/clock.ts', 'server/src/common.ts'))).toEqual([]);
});

test('files of code are named in kebab-case', () => {
  expect(fileNames(paths('web/src/OrderPage.tsx', 'server/src/place_order.ts'))).toHaveLength(2);
  expect(
    fileNames(paths('server/src/place-order.engine.test.ts', 'server/migrations/0001-kernel.ts')),
  ).toEqual([]);
  expect(fileNames(paths('README.md', '.dependency-cruiser.cjs'))).toEqual([]);
});

test('a module without an index.ts is named once', () => {
  const files = paths('server/src/modules/orders/a.ts', 'server/src/modules/orders/b/c.ts');
  expect(moduleFaces(files).map(({ path }) => path)).toEqual(['server/src/modules/orders']);
  expect(moduleFaces([...files, ...paths('server/src/modules/orders/index.ts')])).toEqual([]);
});
