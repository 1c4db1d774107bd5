/**
 * The page of error codes:
 *   node tools/errors.ts --write     writes docs/errors.md
 *   node tools/errors.ts --check     ends with 1 when it is not what the code declares
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readErrors, toMarkdown } from './error-list.ts';
import { readProject } from './tidy/project.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = fileURLToPath(new URL('../docs/errors.md', import.meta.url));

const { values } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } });
const text = toMarkdown(readErrors(readProject(root)));
if (values.write) {
  writeFileSync(page, text);
} else if (!values.check) {
  console.log(text);
} else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  console.log('docs/errors.md is not true any more: run `node tools/errors.ts --write`.');
  process.exitCode = 1;
}
