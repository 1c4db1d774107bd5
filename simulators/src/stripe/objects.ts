import type { Clock } from '../clock.ts';
import { randomText } from '../random.ts';
import type { Store } from '../store.ts';
import { missing } from './errors.ts';

/** Anything that Stripe gives an id: kept as the JSON that is answered. */
export interface StripeObject {
  id: string;
  object: string;
  created: number;
  [field: string]: unknown;
}

export type ObjectType =
  | 'payment_intent'
  | 'checkout.session'
  | 'charge'
  | 'refund'
  | 'balance_transaction'
  | 'dispute'
  | 'event';

const PREFIXES: Record<ObjectType, string> = {
  payment_intent: 'pi_',
  'checkout.session': 'cs_test_',
  charge: 'ch_',
  refund: 're_',
  balance_transaction: 'txn_',
  dispute: 'du_',
  event: 'evt_',
};

const WORDS: Partial<Record<string, string>> = { 'checkout.session': 'checkout.session' };
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export interface ListQuery {
  limit?: number | undefined;
  startingAfter?: string | undefined;
  createdFrom?: number | undefined;
  createdBefore?: number | undefined;
  /** Of what it is: a charge's refunds, an intent's charges. */
  parent?: string | undefined;
}

export interface Objects {
  newId(type: ObjectType): string;
  nowSeconds(): number;
  /** `parent` is what lists are narrowed by. */
  insert(object: StripeObject, parent?: string): void;
  update(object: StripeObject): void;
  find(id: string): StripeObject | undefined;
  /** Throws Stripe's 404. */
  need(type: ObjectType, id: string): StripeObject;
  list(type: ObjectType, query: ListQuery): { data: StripeObject[]; hasMore: boolean };
  all(type: ObjectType, parent?: string): StripeObject[];
}

export const OBJECT_TABLES = ['stripe_objects'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS stripe_objects (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, parent TEXT,
  created INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS stripe_objects_listed ON stripe_objects (type, created, seq);
  CREATE INDEX IF NOT EXISTS stripe_objects_parent ON stripe_objects (type, parent);`;

const parse = ({ content }: { content: string }) => JSON.parse(content) as StripeObject;

export function createObjects(store: Store, clock: Clock): Objects {
  store.define(SCHEMA);

  function find(id: string): StripeObject | undefined {
    const row = store.get<{ content: string }>('SELECT content FROM stripe_objects WHERE id = ?', id);
    return row && parse(row);
  }

  return {
    newId: (type) => `${PREFIXES[type]}${randomText(24)}`,
    nowSeconds: () => Math.floor(clock.now() / 1000),
    insert(object, parent) {
      store.run(
        'INSERT INTO stripe_objects (id, type, parent, created, content) VALUES (?, ?, ?, ?, ?)',
        ...[object.id, object.object, parent ?? null, object.created, JSON.stringify(object)],
      );
    },
    update(object) {
      store.run('UPDATE stripe_objects SET content = ? WHERE id = ?', JSON.stringify(object), object.id);
    },
    find,
    need(type, id) {
      const found = find(id);
      if (found?.object !== type) {
        throw missing(WORDS[type] ?? type, id);
      }
      return found;
    },
    list(type, { limit = DEFAULT_LIMIT, startingAfter, createdFrom, createdBefore, parent }) {
      const count = Math.min(Math.max(limit, 1), MAX_LIMIT);
      const after =
        startingAfter === undefined
          ? undefined
          : store.get<{ seq: number }>('SELECT seq FROM stripe_objects WHERE id = ?', startingAfter);
      const rows = store.all<{ content: string }>(
        `SELECT content FROM stripe_objects WHERE type = ? AND created >= ? AND created < ?
         AND seq < ? AND (? IS NULL OR parent = ?) ORDER BY seq DESC LIMIT ?`,
        ...[type, createdFrom ?? 0, createdBefore ?? Number.MAX_SAFE_INTEGER],
        ...[after?.seq ?? Number.MAX_SAFE_INTEGER, parent ?? null, parent ?? null, count + 1],
      );
      return { data: rows.slice(0, count).map(parse), hasMore: rows.length > count };
    },
    all: (type, parent) =>
      store
        .all<{ content: string }>(
          'SELECT content FROM stripe_objects WHERE type = ? AND (? IS NULL OR parent = ?) ORDER BY seq DESC',
          ...[type, parent ?? null, parent ?? null],
        )
        .map(parse),
  };
}
