/** Breaks each rule of .dependency-cruiser.cjs once, in a small tree of its own, and sees that it speaks up. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, test } from 'vitest';

const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: IForbiddenRuleType[];
  options: ICruiseOptions;
};
let root: string;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'suanpan-imports-'));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

type Import = readonly [from: string, to: string];

/** The names of the rules that a tree breaks which consists of these imports alone. */
async function rulesBrokenBy(...imports: readonly Import[]): Promise<string[]> {
  const tree = mkdtempSync(path.join(root, 'tree-'));
  const files = new Set(imports.flat());
  for (const file of files) {
    const lines = imports
      .filter(([from]) => from === file)
      .map(([from, to]) => `import './${path.posix.relative(path.posix.dirname(from), to)}';\n`);
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), lines.join('') || 'export const nothing = 0;\n');
  }
  const { cache: _cache, tsConfig: _tsConfig, ...rest } = options;
  const result = await cruise([...files], { ...rest, baseDir: tree, validate: true, ruleSet: { forbidden } });
  return (result.output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
}

const orders = 'server/src/modules/orders';
const ledger = 'server/src/modules/ledger';

test.each([
  ['kernel-is-below', 'server/src/kernel/jobs/run.ts', `${orders}/index.ts`],
  ['module-through-its-index', 'server/src/compose.ts', `${orders}/repository.ts`],
  ['other-module-through-its-index', `${orders}/place.ts`, 'server/src/modules/payments/repository.ts'],
  ['edges-of-ledger', `${ledger}/post.ts`, `${orders}/index.ts`],
  ['edges-of-orders', `${orders}/place.ts`, `${ledger}/index.ts`],
  ['module-is-in-the-table', 'server/src/modules/strangers/index.ts', `${ledger}/index.ts`],
  ['gateway-stands-alone', 'server/src/gateways/stripe/create.ts', 'server/src/gateways/paypal/sign.ts'],
  ['gateway-stands-alone', 'server/src/gateways/stripe/create.ts', `${orders}/index.ts`],
  ['contract-stands-alone', 'server/src/gateways/gateway.ts', `${orders}/index.ts`],
  ['modules-see-the-contract-only', `${orders}/pay.ts`, 'server/src/gateways/stripe/index.ts'],
  ['modules-see-the-contract-only', `${orders}/pay.ts`, 'server/src/operators/unitel/index.ts'],
  ['operator-stands-alone', 'server/src/operators/unitel/send.ts', 'server/src/gateways/gateway.ts'],
  ['operator-stands-alone', 'server/src/operators/unitel/send.ts', `${orders}/index.ts`],
  ['operator-contract-stands-alone', 'server/src/operators/operator.ts', `${orders}/index.ts`],
  ['wiring-is-on-top', `${orders}/pay.ts`, 'server/src/compose.ts'],
  ['server-knows-no-simulator', 'server/src/main.js', 'simulators/src/main.ts'],
  ['simulators-know-no-server', 'simulators/src/main.ts', 'server/src/kernel/money.ts'],
  ['web-knows-the-api-only', 'web/src/shop/main.tsx', 'server/src/kernel/money.ts'],
  ['nobody-imports-the-pages', 'server/src/main.js', 'web/src/shop/main.tsx'],
  ['code-imports-no-test', 'server/src/main.js', 'server/test/harness/database.ts'],
])('%s is broken when %s imports %s', async (rule, from, to) => {
  expect(await rulesBrokenBy([from, to])).toContain(rule);
});

test.each([
  [`${orders}/place.ts`, `${orders}/repository.ts`],
  [`${orders}/place.ts`, 'server/src/modules/payments/index.ts'],
  [`${orders}/place.ts`, 'server/src/kernel/money.ts'],
  [`${orders}/place.engine.test.ts`, `${ledger}/index.ts`],
  [`${orders}/place.engine.test.ts`, 'server/test/harness/database.ts'],
  ['server/src/modules/payments/pay.ts', 'server/src/gateways/gateway.ts'],
  ['server/src/modules/doctor/index.ts', `${ledger}/index.ts`],
  ['server/src/gateways/stripe/create.ts', 'server/src/gateways/gateway.ts'],
  ['server/src/gateways/alipay/bill.ts', 'server/src/gateways/beijing-time.ts'],
  ['server/src/operators/unitel/send.ts', 'server/src/operators/operator.ts'],
  ['server/src/modules/payments/pay.ts', 'server/src/operators/operator.ts'],
  ['server/src/gateways/registry.ts', 'server/src/gateways/stripe/index.ts'],
  ['server/src/compose.ts', 'server/src/gateways/registry.ts'],
  ['server/test/scenarios/buy.test.ts', 'simulators/src/main.ts'],
])('%s may import %s', async (from, to) => {
  expect(await rulesBrokenBy([from, to])).toEqual([]);
});

test('no-cycles is broken when two files import each other, also through a third', async () => {
  const [a, b, c] = [`${orders}/a.ts`, `${orders}/b.ts`, `${orders}/c.ts`] as const;
  expect(await rulesBrokenBy([a, b], [b, a])).toContain('no-cycles');
  expect(await rulesBrokenBy([a, b], [b, c], [c, a])).toContain('no-cycles');
  expect(await rulesBrokenBy([a, b], [b, c], [a, c])).toEqual([]);
});
