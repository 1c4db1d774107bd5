/** Papers that are no longer true are defects: what they name must be there. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readErrors } from './error-list.ts';
import { isTest, readProject } from './tidy/project.ts';

const files = readProject(fileURLToPath(new URL('..', import.meta.url)));
const papers = files.filter(({ path: name }) => name.endsWith('.md'));
const byPath = new Map(files.map((file) => [file.path, file]));
const baseNames = new Set(files.map(({ path: name }) => path.posix.basename(name)));

function textOf(name: string): string {
  const file = byPath.get(name);
  if (file === undefined) {
    throw new Error(`${name} is not there`);
  }
  return file.text;
}

const ourPapers = papers.filter(({ path: name }) => !name.startsWith('simulators/'));

describe('what the papers name is there', () => {
  test.each(papers.map(({ path: name }) => name))('%s links to nothing that does not exist', (name) => {
    const targets = [...textOf(name).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, to]) =>
      path.posix.join(path.posix.dirname(name), decodeURI(to as string)),
    );
    const isThere = (target: string) =>
      byPath.has(target) || files.some((file) => file.path.startsWith(`${target.replace(/\/$/, '')}/`));
    expect(targets.filter((target) => !isThere(target))).toEqual([]);
  });

  test.each(ourPapers.map(({ path: name }) => name))('%s names only routes of the API document', (name) => {
    const { paths } = JSON.parse(textOf('docs/openapi.json')) as { paths: Record<string, object> };
    const routes = new Set(
      Object.entries(paths).flatMap(([url, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${url.replaceAll(/\{[^}]+\}/g, ':')}`),
      ),
    );
    const operations = ['/health', '/ready', '/metrics', '/api', '/api/openapi.json'];
    const named = [...textOf(name).matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/[^`?\s]*)[^`]*`/g)].filter(
      ([, , url]) => !(url as string).startsWith('/v3/') && !operations.includes(url as string),
    );
    const missing = named
      .map(([, method, url]) => `${method} ${(url as string).replaceAll(/:[A-Za-z]+/g, ':')}`)
      .filter((route) => !routes.has(route));
    expect(missing).toEqual([]);
  });

  test('docs/api.md, docs/rules.md and ARCHITECTURE.md name only files that exist', () => {
    const names = ['docs/api.md', 'docs/rules.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap((name) =>
      [...textOf(name).matchAll(/`((?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|js))`/g)].map(([, file]) =>
        path.posix.basename(file as string),
      ),
    );
    expect(names.length).toBeGreaterThan(30);
    expect(
      names.filter((name) => !baseNames.has(name) && !/^(?:place-order|repository)\./.test(name)),
    ).toEqual([]);
  });
});

describe('each thing is said once', () => {
  // Branches that both add a row to a table merge without a conflict, and leave two rows that disagree.
  const ofDocs = ourPapers.filter(({ path: name }) => !name.startsWith('bench/'));
  test.each(ofDocs.map(({ path: name }) => name))('%s has no table with two rows for one thing', (name) => {
    const tables = textOf(name).match(/(?:^\|.*\n)+/gm) ?? [];
    const doubled = tables.flatMap((table) => {
      const things = table
        .split('\n')
        .slice(2)
        .map((row) => row.split('|')[1]?.trim() ?? '')
        .filter((thing) => thing !== '');
      return things.filter((thing, place) => things.indexOf(thing) !== place);
    });
    expect(doubled).toEqual([]);
  });

  test('the rules of docs/rules.md stand in their order', () => {
    const numbers = [...textOf('docs/rules.md').matchAll(/^\| (\d+) \|/gm)].map(([, rule]) => Number(rule));
    expect(numbers).toEqual(Array.from({ length: 36 }, (_, place) => place + 1));
  });
});

describe('what the code names stands in the papers', () => {
  test('every rule that a comment cites is in docs/rules.md', () => {
    const known = new Set([...textOf('docs/rules.md').matchAll(/^\| (\d+) \|/gm)].map(([, rule]) => rule));
    const cited = files
      .filter(({ path: name }) => /^(?:server|simulators|web)\/.*\.tsx?$/.test(name))
      .flatMap(({ text }) => [...text.matchAll(/\bRULES (\d+(?:(?:, | and | to )\d+)*)/g)])
      .flatMap(([, numbers]) => [...(numbers as string).matchAll(/\d+/g)].map(([rule]) => rule));
    expect(cited.length).toBeGreaterThan(50);
    expect(cited.filter((rule) => !known.has(rule))).toEqual([]);
  });

  test('every constraint that docs/rules.md names is in the schema', () => {
    const migrations = files.filter(({ path: name }) => name.startsWith('server/migrations/'));
    const schema = migrations.map(({ text }) => text).join('\n');
    const named = [...textOf('docs/rules.md').matchAll(/(?:UNIQUE|CHECK) (`\w+`(?:, `\w+`)*)/g)].flatMap(
      ([, list]) => [...(list as string).matchAll(/\w+/g)].map(([name]) => name),
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !new RegExp(`\\b${name}:`).test(schema))).toEqual([]);
  });

  test('ARCHITECTURE.md gives every table of the migrations its owner, and no other', () => {
    const [, listed = ''] = textOf('ARCHITECTURE.md').split(/<!-- tables:(?:begin|end) -->/);
    const documented = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    const created = files
      .filter(({ path: name }) => name.startsWith('server/migrations/'))
      .flatMap(({ text }) => [...text.matchAll(/\btable\(\s*'(\w+)'/g)].map(([, name]) => name));
    expect(created.length).toBeGreaterThan(20);
    expect(documented).toHaveLength(created.length);
    expect(new Set(documented)).toEqual(new Set(created));
  });

  test('every error code that docs/api.md explains is one of the server’s', () => {
    const codes = new Set(readErrors(files.filter((file) => !isTest(file.path))).map(({ code }) => code));
    const explained = [...textOf('docs/api.md').matchAll(/\b[45]\d\d `([a-z_]+)`/g)].map(([, code]) => code);
    expect(explained.length).toBeGreaterThan(8);
    expect(explained.filter((code) => !codes.has(code as string))).toEqual([]);
  });
});
