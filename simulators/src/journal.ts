import type { Clock } from './clock.ts';
import type { Store } from './store.ts';

/** One request that a simulated provider received, with what it answered. */
export interface ReceivedRequest {
  id: number;
  at: number;
  provider: string;
  operation: string;
  method: string;
  /** Path with its query; secrets in it are replaced. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Null when the connection was cut or left without an answer. */
  status: number | null;
  answer: string;
  fault: string | null;
}

export interface Journal {
  record(entry: Omit<ReceivedRequest, 'id' | 'at'>): void;
  list(filter?: JournalFilter): ReceivedRequest[];
}

export interface JournalFilter {
  provider?: string | undefined;
  operation?: string | undefined;
  limit?: number | undefined;
}

export const JOURNAL_TABLES = ['requests'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS requests (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, provider TEXT NOT NULL, operation TEXT NOT NULL,
  method TEXT NOT NULL, path TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL,
  status INTEGER, answer TEXT NOT NULL, fault TEXT) STRICT;`;

const KEPT = 5000;
const TRIM_EVERY = 500;
const LONGEST_TEXT = 20_000;
const SHOWN_SIGNATURE_CHARACTERS = 12;

export function createJournal(store: Store, clock: Clock): Journal {
  store.define(SCHEMA);
  let sinceTrim = 0;

  return {
    record(entry) {
      store.run(
        `INSERT INTO requests (at, provider, operation, method, path, headers, body, status, answer, fault)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[clock.now(), entry.provider, entry.operation, entry.method, redactQuery(entry.path)],
        JSON.stringify(redactHeaders(entry.headers)),
        ...[redactBody(entry.body).slice(0, LONGEST_TEXT), entry.status],
        ...[entry.answer.slice(0, LONGEST_TEXT), entry.fault],
      );
      sinceTrim += 1;
      if (sinceTrim >= TRIM_EVERY) {
        sinceTrim = 0;
        store.run('DELETE FROM requests WHERE id <= (SELECT MAX(id) FROM requests) - ?', KEPT);
      }
    },
    list({ provider, operation, limit } = {}) {
      const rows = store.all<Omit<ReceivedRequest, 'headers'> & { headers: string }>(
        `SELECT * FROM requests WHERE (? IS NULL OR provider = ?) AND (? IS NULL OR operation = ?)
         ORDER BY id DESC LIMIT ?`,
        ...[provider ?? null, provider ?? null, operation ?? null, operation ?? null, limit ?? 100],
      );
      return rows.map((row) => ({ ...row, headers: JSON.parse(row.headers) as Record<string, string> }));
    },
  };
}

function redactHeaders(headers: Record<string, string>): Record<string, string> {
  const authorization = headers.authorization;
  if (authorization === undefined) {
    return headers;
  }
  const redacted = authorization
    .replace(
      /signature="([^"]*)"/,
      (_whole, signature: string) => `signature="${signature.slice(0, SHOWN_SIGNATURE_CHARACTERS)}…"`,
    )
    .replace(/^(Bearer|Basic) .*/, '$1 …');
  return { ...headers, authorization: redacted };
}

function redactQuery(path: string): string {
  return path.replace(/([?&](?:secret|access_token|token)=)[^&]*/g, '$1…');
}

function redactBody(body: string): string {
  return body.replace(/("secret"\s*:\s*")[^"]*/g, '$1…');
}
