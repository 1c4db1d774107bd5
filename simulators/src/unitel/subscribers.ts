import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';

/** A phone number of the operator. Amounts are in whole tugrik, as on its wire. */
export interface Subscriber {
  msisdn: string;
  kind: 'prepaid' | 'postpaid';
  /** Units of credit that were sent to it. */
  credit: number;
  /** What a post-paid number owes. */
  unpaid: number;
}

export interface Subscribers {
  /** `undefined` for a number that is not the operator's. */
  find(msisdn: string): Subscriber | undefined;
  change(msisdn: string, change: Partial<Omit<Subscriber, 'msisdn'>>): Subscriber | undefined;
}

export const SUBSCRIBER_TABLES = ['unitel_subscribers'] as const;

const NUMBER = /^(?:80|86|88|89)\d{6}$/;
/** So that there is a bill to pay without asking for one. */
const POSTPAID_PREFIX = '80';
const FIRST_BILL = 25_000;

const SCHEMA = `CREATE TABLE IF NOT EXISTS unitel_subscribers (
  msisdn TEXT PRIMARY KEY, kind TEXT NOT NULL, credit INTEGER NOT NULL, unpaid INTEGER NOT NULL,
  changed_at INTEGER NOT NULL) STRICT;`;

export function createSubscribers(store: Store, clock: Clock): Subscribers {
  store.define(SCHEMA);

  function find(msisdn: string): Subscriber | undefined {
    if (!NUMBER.test(msisdn)) {
      return undefined;
    }
    const known = store.get<Subscriber>(
      'SELECT msisdn, kind, credit, unpaid FROM unitel_subscribers WHERE msisdn = ?',
      msisdn,
    );
    if (known !== undefined) {
      return known;
    }
    const isPostpaid = msisdn.startsWith(POSTPAID_PREFIX);
    return {
      msisdn,
      kind: isPostpaid ? 'postpaid' : 'prepaid',
      credit: 0,
      unpaid: isPostpaid ? FIRST_BILL : 0,
    };
  }

  return {
    find,
    change(msisdn, change) {
      const before = find(msisdn);
      if (before === undefined) {
        return undefined;
      }
      const after = { ...before, ...change };
      store.run(
        'INSERT OR REPLACE INTO unitel_subscribers VALUES (?, ?, ?, ?, ?)',
        ...[after.msisdn, after.kind, after.credit, after.unpaid, clock.now()],
      );
      return after;
    },
  };
}
