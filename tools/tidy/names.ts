import type { Finding, Rule } from './project.ts';

const HOMELESS = new Set(['utils', 'util', 'common', 'helpers', 'helper', 'misc', 'shared', 'lib']);
const KEBAB_CASE = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const CODE = /\.(?:[cm]?[jt]s|tsx)$/;

/** A thing has a name and a home: no folders for things without either. */
export const folderNames: Rule = (files) =>
  files.flatMap(({ path }): Finding[] => {
    const homeless = path
      .split('/')
      .slice(0, -1)
      .find((folder) => HOMELESS.has(folder));
    return homeless === undefined
      ? []
      : [{ path, line: 1, message: `a folder named ${homeless} says nothing; name it after what it holds` }];
  });

/** Files of code are named in kebab-case. */
export const fileNames: Rule = (files) =>
  files.flatMap(({ path }): Finding[] => {
    const name = path.split('/').at(-1) ?? '';
    return CODE.test(name) && !KEBAB_CASE.test(name)
      ? [{ path, line: 1, message: 'files are named in kebab-case, such as place-order.ts' }]
      : [];
  });

/** Every module has its public face. */
export const moduleFaces: Rule = (files) => {
  const modules = new Set(files.flatMap(({ path }) => /^server\/src\/modules\/[^/]+(?=\/)/.exec(path) ?? []));
  const paths = new Set(files.map(({ path }) => path));
  return [...modules]
    .filter((module) => !paths.has(`${module}/index.ts`))
    .map((module) => ({
      path: module,
      line: 1,
      message: 'a module needs an index.ts that exports what others may use, by name',
    }));
};
