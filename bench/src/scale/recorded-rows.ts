/**
 * What the product writes for one customer, and for one order from its cart to its end, as rows that can be copied any
 * number of times: what was made for them (ids, numbers, times) is made anew in each copy, what belongs to the shop stays.
 */
import type { Db, QueryOutcome } from '../../../server/src/kernel/db/index.ts';
import { newId } from '../../../server/src/kernel/ids.ts';

/** A part of a text: as it is, the copy's id with this number, or something else that each copy has of its own. */
export type Part = string | { readonly id: number } | { readonly own: 'customer' | 'number' | 'fingerprint' };

/** A value of a copied row: as it is, a time so long after the copy's own, or a text in parts. */
export type CopiedValue =
  | { readonly kind: 'same'; readonly value: string | number | null }
  | { readonly kind: 'time'; readonly offsetMs: number }
  | { readonly kind: 'text'; readonly parts: readonly Part[] };

export interface RecordedRow {
  readonly table: string;
  readonly values: Readonly<Record<string, CopiedValue>>;
}

type Row = QueryOutcome['rows'][number];

/** Work that is still to be done is nobody's past; what neither placing nor listing orders touches only costs disk. */
const NOT_COPIED = new Set(['jobs', 'audit_entries', 'notifications']);
const ID_CODE = /(?<=_)[0-9a-hjkmnp-tv-z]{26}/g;
const EPOCH_FROM = Date.parse('2020-01-01');

const codeOf = (id: string): string => id.slice(id.indexOf('_') + 1);

async function listTables(db: Db): Promise<string[]> {
  const { rows } = await db.run(
    db.engine === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    [],
  );
  return rows.map(({ name }) => String(name)).filter((name) => !NOT_COPIED.has(name));
}

/** The codes of the ids in a row that were made after `mark`, which ids of one process tell by their order. */
function newCodesOf(row: Row, mark: string): string[] {
  return Object.values(row)
    .filter((value) => typeof value === 'string')
    .flatMap((value) => value.match(ID_CODE) ?? [])
    .filter((code) => code > mark);
}

/** Every row that carries an id which `act` has made. */
async function readNewRows(
  db: Db,
  act: () => Promise<void>,
): Promise<{ table: string; row: Row; codes: string[] }[]> {
  const mark = codeOf(newId('mark'));
  await act();
  const found = [];
  for (const table of await listTables(db)) {
    const { rows } = await db.run(`SELECT * FROM ${table}`, []);
    for (const row of rows) {
      const codes = newCodesOf(row, mark);
      if (codes.length > 0) {
        found.push({ table, row, codes });
      }
    }
  }
  return found;
}

function splitText(text: string, anew: ReadonlyMap<string, Part>): CopiedValue {
  const parts = text
    .split(new RegExp(`(${[...anew.keys()].join('|')})`))
    .map((part) => anew.get(part) ?? part);
  return parts.length === 1 ? { kind: 'same', value: text } : { kind: 'text', parts };
}

function toCopied(value: unknown, anew: ReadonlyMap<string, Part>, recordedAt: number): CopiedValue {
  if (typeof value === 'string') {
    return splitText(value, anew);
  }
  if (typeof value === 'number') {
    return value > EPOCH_FROM ? { kind: 'time', offsetMs: value - recordedAt } : { kind: 'same', value };
  }
  if (value === null) {
    return { kind: 'same', value };
  }
  throw new Error('rows with bytes in them are not copied');
}

/** Records what `act` writes for this customer, who may be made by it. */
export async function recordRows(
  db: Db,
  act: () => Promise<{ readonly customerId: string; readonly orderId?: string }>,
): Promise<RecordedRow[]> {
  const recordedAt = Date.now();
  let made: { customerId: string; orderId?: string } | undefined;
  const found = await readNewRows(db, async () => {
    made = await act();
  });
  const anew = new Map<string, Part>();
  const codes = [...new Set(found.flatMap((row) => row.codes))].sort();
  for (const [index, code] of codes.entries()) {
    anew.set(code, { id: index });
  }
  const order = found.find(({ table, row }) => table === 'orders' && row.id === made?.orderId)?.row;
  if (order !== undefined) {
    anew.set(String(order.order_number), { own: 'number' });
    if (typeof order.duplicate_key === 'string') {
      anew.set(order.duplicate_key, { own: 'fingerprint' });
    }
  }
  anew.set(codeOf(made?.customerId ?? ''), { own: 'customer' });
  return found.map(({ table, row }) => ({
    table,
    values: Object.fromEntries(
      Object.entries(row).map(([column, value]) => [column, toCopied(value, anew, recordedAt)]),
    ),
  }));
}
