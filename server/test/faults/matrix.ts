/** The counts as a page of Markdown: a row for each kind of fault, a column for each rail. */

export type Verdict = 'held' | 'broken' | 'not met';

export interface Row {
  readonly rail: string;
  readonly operation: string;
  readonly kind: string;
  readonly verdict: Verdict;
  readonly purchases: number;
  readonly struck: number;
}

const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

function count(rows: readonly Row[], verdict: Verdict): number {
  return rows.filter((row) => row.verdict === verdict).length;
}

/** `held/broken`, over the operations that know the fault; what was never met stands behind. */
function cellOf(rows: readonly Row[]): string {
  const notMet = count(rows, 'not met');
  const counts = `${count(rows, 'held')}/${count(rows, 'broken')}`;
  return rows.length === 0 ? '' : counts + (notMet === 0 ? '' : ` (${notMet} not met)`);
}

/** Two tables: the sums by rail, and the counts by fault and rail. */
export function toMarkdown(rows: readonly Row[]): string {
  const rails = [...new Set(rows.map(({ rail }) => rail))];
  const kinds = [...new Set(rows.map(({ kind }) => kind))].sort();
  const ofRail = Map.groupBy(rows, ({ rail }) => rail);
  const sums = rails.map((rail) => {
    const own = ofRail.get(rail) ?? [];
    const sum = (pick: (row: Row) => number) => own.reduce((total, row) => total + pick(row), 0);
    const counts = (['held', 'broken', 'not met'] as const).map((verdict) => count(own, verdict));
    return line([rail, own.length, sum((row) => row.purchases), sum((row) => row.struck), ...counts]);
  });
  const matrix = kinds.map((kind) =>
    line([kind, ...rails.map((rail) => cellOf((ofRail.get(rail) ?? []).filter((row) => row.kind === kind)))]),
  );
  return [
    line(['rail', 'faults', 'purchases', 'strikes', 'held', 'broken', 'not met']),
    line(Array.from({ length: 7 }, () => '---')),
    ...sums,
    '',
    line(['held/broken', ...rails]),
    line(['---', ...rails.map(() => '---')]),
    ...matrix,
  ].join('\n');
}
