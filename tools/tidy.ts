/**
 * The house rules that no other tool knows, as a program: `npm run tidy`. Each rule says what to do instead. A rule that
 * is wrong is changed here, with its test, in the same commit as the code that shows it.
 */
import { fileURLToPath } from 'node:url';
import { readProject } from './tidy/project.ts';
import { rules } from './tidy/rules.ts';

const files = readProject(fileURLToPath(new URL('..', import.meta.url)));
const findings = Object.entries(rules)
  .flatMap(([rule, check]) => check(files).map((finding) => ({ ...finding, rule })))
  .sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);

for (const { path, line, rule, message } of findings) {
  console.log(`${path}:${line}  ${message}  (${rule})`);
}
console.log(`${files.length} files, ${Object.keys(rules).length} rules, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
