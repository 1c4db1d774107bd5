/** Fills a database with copies of recorded rows by SQL: one INSERT … SELECT for each recorded row and batch of copies. */
import { createHash, randomBytes } from 'node:crypto';
import { DAY_MS } from '../../../server/src/kernel/clock.ts';
import type { Connection, Db } from '../../../server/src/kernel/db/index.ts';
import { randomCode } from '../../../server/src/kernel/ids.ts';
import { encodeTime } from '../limit/run-plan.ts';
import type { Past } from './past-orders.ts';
import type { CopiedValue, Part, RecordedRow } from './recorded-rows.ts';

const ORDERS_OF_A_CUSTOMER = 10;
const BATCH = 10_000;
const VALUES_AT_ONCE = 500;
/** So far apart that with all of them a shop has been open for about a year. */
const YEAR_MS = 365 * DAY_MS;
const COUNTER_CHARACTERS = 8;

/** One customer or order that is to be there: its time, what is random in its ids, and what else it has of its own. */
interface Copy {
  readonly template: number;
  readonly at: number;
  readonly time: string;
  readonly tail: string;
  readonly customer: string;
  readonly number: string;
  readonly fingerprint: string;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Ids of one copy share its time and sort by their number, as those that the program makes in one millisecond. */
const counterOf = (id: number): string => String(id).padStart(COUNTER_CHARACTERS, '0');

function toSql(value: CopiedValue): string {
  switch (value.kind) {
    case 'same':
      return typeof value.value === 'string' ? quote(value.value) : String(value.value ?? 'NULL');
    case 'time':
      return `c.at + ${Math.round(value.offsetMs)}`;
    case 'text':
      return value.parts
        .filter((part) => part !== '')
        .map(partToSql)
        .join(' || ');
  }
}

function partToSql(part: Part): string {
  if (typeof part === 'string') {
    return quote(part);
  }
  return 'id' in part ? `c.time || '${counterOf(part.id)}' || c.tail` : `c.${part.own}`;
}

function toInsert({ table, values }: RecordedRow, template: number): string {
  const columns = Object.keys(values).join(', ');
  const selected = Object.values(values).map(toSql).join(', ');
  return `INSERT INTO ${table} (${columns}) SELECT ${selected} FROM bench_copies c WHERE c.template = ${template} ORDER BY c.at`;
}

function makeCopy(template: number, at: number, customer?: string): Copy {
  const [time, tail] = [encodeTime(at), randomCode(COUNTER_CHARACTERS)];
  const [year, month, day] = new Date(at).toISOString().slice(2, 10).split('-');
  return {
    ...{ template, at, time, tail, customer: customer ?? `${time}${counterOf(0)}${tail}` },
    number: `ORD${year}${month}${day}${randomCode(COUNTER_CHARACTERS).toUpperCase()}`,
    fingerprint: createHash('sha256').update(randomBytes(16)).digest('hex'),
  };
}

const COLUMNS = ['template', 'at', 'time', 'tail', 'customer', 'number', 'fingerprint'] as const;

async function insertCopies(
  connection: Connection,
  templates: readonly (readonly RecordedRow[])[],
  copies: readonly Copy[],
): Promise<void> {
  await connection.run('BEGIN', []);
  await connection.run('DELETE FROM bench_copies', []);
  for (let from = 0; from < copies.length; from += VALUES_AT_ONCE) {
    const rows = copies.slice(from, from + VALUES_AT_ONCE).map((copy) => {
      const values = COLUMNS.map((column) => copy[column]);
      return `(${values.map((value) => (typeof value === 'string' ? quote(value) : value)).join(', ')})`;
    });
    await connection.run(`INSERT INTO bench_copies (${COLUMNS.join(', ')}) VALUES ${rows.join(', ')}`, []);
  }
  for (const [template, rows] of templates.entries()) {
    for (const row of rows) {
      await connection.run(toInsert(row, template), []);
    }
  }
  await connection.run('COMMIT', []);
}

/** As maintenance leaves a database that has grown by itself: nothing is left to do while it is measured. */
async function settle(connection: Connection, engine: Db['engine']): Promise<void> {
  await connection.run('DROP TABLE bench_copies', []);
  for (const statement of engine === 'sqlite'
    ? ['PRAGMA wal_checkpoint(TRUNCATE)']
    : ['VACUUM ANALYZE', 'CHECKPOINT']) {
    await connection.run(statement, []);
  }
}

/** From which number of order to which, of so many that there will be in all. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly total: number;
}

/** Adds these orders, with a new customer for every ten; answers the customers' ids. */
export async function fillOrders(db: Db, past: Past, { from, until, total }: Stretch): Promise<string[]> {
  const opened = Date.now() - YEAR_MS - DAY_MS;
  const timeOf = (index: number) => opened + Math.floor((index * YEAR_MS) / total);
  const count = Math.ceil((until - from) / ORDERS_OF_A_CUSTOMER);
  const customers = Array.from({ length: count }, (_, index) => makeCopy(0, timeOf(from) + index));
  const templates = [past.customer, ...past.orders];
  await db.administer(async (connection) => {
    if (db.engine === 'sqlite') {
      await connection.run('PRAGMA cache_size = -262144', []);
    }
    await connection.run(
      'CREATE TABLE bench_copies (template BIGINT, at BIGINT, time TEXT, tail TEXT, customer TEXT, number TEXT, fingerprint TEXT)',
      [],
    );
    for (let start = 0; start < count; start += BATCH) {
      await insertCopies(connection, templates, customers.slice(start, start + BATCH));
    }
    for (let start = from; start < until; start += BATCH) {
      const orders = Array.from({ length: Math.min(BATCH, until - start) }, (_, offset) => {
        const index = start + offset;
        // Whoever buys again does so at any other time: a customer's orders lie far apart.
        const customer = customers[(index - from) % count] as Copy;
        return makeCopy(1 + (index % past.orders.length), timeOf(index), customer.customer);
      });
      await insertCopies(connection, templates, orders);
    }
    await settle(connection, db.engine);
    const { rows } = await connection.run('SELECT COUNT(*) AS found FROM orders', []);
    if (Number(rows[0]?.found) < until) {
      throw new Error(`only ${String(rows[0]?.found)} orders are there where ${until} should be`);
    }
  });
  return customers.map(({ customer }) => `usr_${customer}`);
}

/** Of the whole database, in megabytes. */
export async function readSizeMb(db: Db): Promise<number> {
  const { rows } = await db.run(
    db.engine === 'sqlite'
      ? 'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()'
      : 'SELECT pg_database_size(current_database()) AS bytes',
    [],
  );
  return Math.round(Number(rows[0]?.bytes) / 2 ** 20);
}
