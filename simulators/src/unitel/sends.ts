import type { Clock } from '../clock.ts';
import type { Store } from '../store.ts';

export type SendOperation = 'recharge' | 'datapackage' | 'payment';

/** One request to deliver something, as it was received. Nothing here keeps a second one from being delivered again. */
export interface Send {
  id: number;
  at: number;
  operation: SendOperation;
  journalId: string;
  msisdn: string;
  /** The card or package; empty for a bill. */
  code: string;
  amount: string;
  /** `received`: it was not carried out. */
  outcome: 'received' | 'refused' | 'delivered';
  seq: string | null;
}

export interface SendCounts {
  received: number;
  delivered: number;
  /** How many numbers of callers (`journal_id`) there were. */
  journals: number;
  /** The most that came under one of them; anything above one is a number that was sent twice. */
  mostPerJournal: number;
  repeated: { journalId: string; received: number; delivered: number }[];
}

export interface Sends {
  receive(send: Pick<Send, 'operation' | 'journalId' | 'msisdn' | 'code' | 'amount'>): number;
  settle(id: number, outcome: Send['outcome'], seq?: string): void;
  list(filter?: {
    journalId?: string | undefined;
    msisdn?: string | undefined;
    limit?: number | undefined;
  }): Send[];
  counts(): SendCounts;
}

export const SEND_TABLES = ['unitel_sends'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS unitel_sends (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, operation TEXT NOT NULL, journal_id TEXT NOT NULL,
  msisdn TEXT NOT NULL, code TEXT NOT NULL, amount TEXT NOT NULL, outcome TEXT NOT NULL, seq TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS unitel_sends_journal ON unitel_sends (journal_id);
  CREATE INDEX IF NOT EXISTS unitel_sends_msisdn ON unitel_sends (msisdn);`;

const COLUMNS = 'id, at, operation, journal_id AS journalId, msisdn, code, amount, outcome, seq';
const LISTED = 100;

export function createSends(store: Store, clock: Clock): Sends {
  store.define(SCHEMA);
  return {
    receive({ operation, journalId, msisdn, code, amount }) {
      store.run(
        `INSERT INTO unitel_sends (at, operation, journal_id, msisdn, code, amount, outcome)
         VALUES (?, ?, ?, ?, ?, ?, 'received')`,
        ...[clock.now(), operation, journalId, msisdn, code, amount],
      );
      return store.get<{ id: number }>('SELECT MAX(id) AS id FROM unitel_sends')?.id ?? 0;
    },
    settle(id, outcome, seq) {
      store.run('UPDATE unitel_sends SET outcome = ?, seq = ? WHERE id = ?', outcome, seq ?? null, id);
    },
    list({ journalId, msisdn, limit } = {}) {
      return store.all<Send>(
        `SELECT ${COLUMNS} FROM unitel_sends WHERE (? IS NULL OR journal_id = ?) AND (? IS NULL OR msisdn = ?)
         ORDER BY id DESC LIMIT ?`,
        ...[journalId ?? null, journalId ?? null, msisdn ?? null, msisdn ?? null, limit ?? LISTED],
      );
    },
    counts() {
      const journals = store.all<{ journalId: string; received: number; delivered: number }>(
        `SELECT journal_id AS journalId, COUNT(*) AS received, SUM(outcome = 'delivered') AS delivered
         FROM unitel_sends GROUP BY journal_id ORDER BY received DESC, journal_id`,
      );
      return {
        received: journals.reduce((sum, { received }) => sum + received, 0),
        delivered: journals.reduce((sum, { delivered }) => sum + delivered, 0),
        journals: journals.length,
        mostPerJournal: journals[0]?.received ?? 0,
        repeated: journals.filter(({ received }) => received > 1),
      };
    },
  };
}
