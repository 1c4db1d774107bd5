import { expect, test } from 'vitest';
import { parseAllowedEdges, readAllowedEdges } from './allowed-edges.ts';

const table = (...rows: string[]) =>
  ['<!-- edges:begin -->', '| module | may import |', '|---|---|', ...rows, '<!-- edges:end -->'].join('\n');

test('each row of the table becomes the list of a module', () => {
  const edges = parseAllowedEdges(table('| ledger | none |', '| `payments` | ledger |', '| doctor | all |'));
  expect([...edges]).toEqual([
    ['ledger', []],
    ['payments', ['ledger']],
    ['doctor', 'all'],
  ]);
});

test('a table that is missing, twofold, half-filled or names a stranger is refused', () => {
  expect(() => parseAllowedEdges('# Architecture')).toThrow('must stand between');
  expect(() => parseAllowedEdges(table('| ledger | none |', '| ledger | none |'))).toThrow('twice');
  expect(() => parseAllowedEdges(table('| ledger | |'))).toThrow('two filled cells');
  expect(() => parseAllowedEdges(table('| payments | ledgre |'))).toThrow('no row for ledgre');
});

test('the table in ARCHITECTURE.md can be read', () => {
  expect(readAllowedEdges().get('ledger')).toEqual([]);
});
