/**
 * A recorded request as a plan that can be run any number of times: what was made for that one request (ids, times) is made
 * anew each time, what belongs to the shop stays. Which is which shows by recording the same request twice.
 */
import type { RecordedStatement, Value } from './recording.ts';

/** A value of the plan: as it is, the time of the run (plus what lay between), or a text with fresh codes in it. */
export type PlannedValue =
  | { readonly kind: 'same'; readonly value: Value }
  | { readonly kind: 'time'; readonly offsetMs: number }
  | {
      readonly kind: 'text';
      readonly parts: readonly (string | { readonly code: number; readonly length: number })[];
    };

export interface PlannedStatement {
  readonly sql: string;
  readonly values: readonly PlannedValue[];
}

export interface Plan {
  /** Statements that ran before the transaction began. */
  readonly reads: readonly PlannedStatement[];
  readonly writes: readonly PlannedStatement[];
  /** How many codes a run needs. */
  readonly codes: number;
}

/** The random tails of ids: at least this long where both recordings differ. */
const CODE = /[0-9a-z]{10,}|[0-9A-Z]{8,}/g;
const EPOCH_FROM = Date.parse('2020-01-01');

const CONTROL = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET )/i;

interface Codes {
  readonly byText: Map<string, number>;
}

function planText(mine: string, other: string, codes: Codes): PlannedValue {
  const others = new Set(other.match(CODE) ?? []);
  const parts: (string | { code: number; length: number })[] = [];
  let end = 0;
  for (const match of mine.matchAll(CODE)) {
    const [text] = match;
    if (others.has(text)) {
      continue;
    }
    const code = codes.byText.get(text) ?? codes.byText.size;
    codes.byText.set(text, code);
    parts.push(mine.slice(end, match.index), { code, length: text.length });
    end = match.index + text.length;
  }
  parts.push(mine.slice(end));
  return parts.length === 1 ? { kind: 'same', value: mine } : { kind: 'text', parts };
}

function planValue(mine: Value, other: Value, recordedAt: number, codes: Codes): PlannedValue {
  if (typeof mine === 'number' && mine > EPOCH_FROM) {
    return { kind: 'time', offsetMs: mine - recordedAt };
  }
  return typeof mine === 'string' && typeof other === 'string' && mine !== other
    ? planText(mine, other, codes)
    : { kind: 'same', value: mine };
}

/** Throws when the two recordings are not the same statements: then it was not the same request. */
export function makePlan(
  mine: readonly RecordedStatement[],
  other: readonly RecordedStatement[],
  recordedAt: number,
): Plan {
  if (mine.length !== other.length || mine.some(({ sql }, index) => sql !== other[index]?.sql)) {
    throw new Error('the product ran different statements for the same request');
  }
  const codes: Codes = { byText: new Map() };
  const begin = mine.findIndex(({ sql }) => CONTROL.test(sql));
  const planned = mine.map(
    ({ sql, values }, index): PlannedStatement => ({
      sql,
      values: values.map((value, position) =>
        planValue(value, other[index]?.values[position] ?? null, recordedAt, codes),
      ),
    }),
  );
  const isWrite = ({ sql }: PlannedStatement) => /^(insert|update|delete)/i.test(sql);
  const firstWrite = begin >= 0 ? begin : planned.findIndex(isWrite);
  return {
    reads: planned.slice(0, firstWrite).filter(({ sql }) => !CONTROL.test(sql)),
    writes: planned.slice(firstWrite).filter(({ sql }) => !CONTROL.test(sql)),
    codes: codes.byText.size,
  };
}
