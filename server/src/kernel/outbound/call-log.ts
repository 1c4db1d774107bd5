/**
 * Every call is a row that people can read, written after the call, outside of anybody's transaction and many at once.
 * It is a trace and not a truth: nothing is decided by it, and a crash may lose the last quarter of a second of it.
 */
import { DAY_MS } from '../clock.ts';
import { type Db, insertRows, type Tx, withoutMark } from '../db/index.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../log/index.ts';
import { redactBody, redactHeaders, redactUrl } from './redact.ts';
import type { OutboundError, OutboundRequest, OutboundResponse } from './types.ts';

declare module '../db/types.ts' {
  interface Schema {
    /** Owned by kernel/outbound; kept 90 days. */
    provider_calls: ProviderCallRow;
  }
}

export interface ProviderCallRow {
  id: string;
  provider: string;
  operation: string;
  subject: string | null;
  attempt: number;
  url: string;
  request: string | null;
  status: number | null;
  answer: string | null;
  error: string | null;
  provider_request_id: string | null;
  duration_ms: number;
  at: number;
}

const FLUSH_AFTER_MS = 250;
const MAX_ROWS_AT_ONCE = 50;
const MAX_BUFFERED = 2_000;
const MAX_FAILED_FLUSHES = 3;
const REQUEST_ID_HEADERS = ['request-id', 'paypal-debug-id', 'x-request-id', 'trace_id', 'x-tt-logid'];

export interface RecordedCall {
  readonly request: OutboundRequest;
  readonly attempt: number;
  readonly response: OutboundResponse | undefined;
  readonly error: OutboundError | undefined;
  readonly durationMs: number;
  readonly at: number;
}

export interface CallLog {
  record(call: RecordedCall): void;
  /** Writes down what is buffered. */
  flush(): Promise<void>;
}

function toRow({ request, attempt, response, error, durationMs, at }: RecordedCall): ProviderCallRow {
  const requestId = REQUEST_ID_HEADERS.map((name) => response?.headers[name]).find(
    (value) => value !== undefined,
  );
  return {
    id: newId('call'),
    provider: request.provider.slice(0, 32),
    operation: request.operation.slice(0, 64),
    subject: request.subject?.slice(0, 64) ?? null,
    attempt,
    url: redactUrl(request.url, request.redact),
    request: describeRequest(request),
    status: response?.status ?? null,
    answer: response ? redactBody(response.body, response.headers['content-type'], request.redact) : null,
    error: error ? `${error.kind}: ${error.reason}` : null,
    provider_request_id: requestId?.slice(0, 190) ?? null,
    duration_ms: Math.round(durationMs),
    at,
  };
}

function describeRequest({ method, headers = {}, body, redact }: OutboundRequest): string {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const head = Object.entries(redactHeaders(headers)).map(([name, value]) => `${name}: ${value}\n`);
  return `${method}\n${head.join('')}\n${body === undefined ? '' : redactBody(body, type, redact)}`;
}

/** The rows of the calls, buffered; a row that can not be written is dropped in the end, with a warning. */
export function createCallLog(db: Db, log: Logger): CallLog {
  let buffer: ProviderCallRow[] = [];
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let failedFlushes = 0;

  async function writeBuffer(): Promise<void> {
    while (buffer.length > 0) {
      const rows = buffer.slice(0, MAX_ROWS_AT_ONCE);
      try {
        await db.tx('provider_call.record', (tx) => insertRows(tx, 'provider_calls', rows));
        failedFlushes = 0;
      } catch (error) {
        failedFlushes += 1;
        log.warn({ err: error, calls: rows.length }, 'calls to providers could not be written down');
        if (failedFlushes < MAX_FAILED_FLUSHES) {
          schedule();
          return;
        }
        failedFlushes = 0;
      }
      buffer = buffer.slice(rows.length);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing ??= withoutMark(writeBuffer).finally(() => {
      flushing = undefined;
    });
    return flushing;
  }

  function schedule(): void {
    timer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS).unref();
  }

  return {
    record(call) {
      if (buffer.length >= MAX_BUFFERED) {
        return;
      }
      buffer.push(toRow(call));
      schedule();
    },
    async flush() {
      await flushing;
      await flush();
    },
  };
}

const KEPT_MS = 90 * DAY_MS;
const PRUNED_AT_ONCE = 500;

/** Deletes some of the calls that are older than 90 days; answers how many, so that the caller goes on until there are none. */
export async function pruneProviderCalls(tx: Tx): Promise<number> {
  const old = await tx.query
    .selectFrom('provider_calls')
    .select('id')
    .where('at', '<', tx.now - KEPT_MS)
    .orderBy('at')
    .limit(PRUNED_AT_ONCE)
    .execute();
  if (old.length > 0) {
    const ids = old.map((row) => row.id);
    await tx.query.deleteFrom('provider_calls').where('id', 'in', ids).execute();
  }
  return old.length;
}
