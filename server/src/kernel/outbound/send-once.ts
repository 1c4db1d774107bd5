/**
 * One attempt at one request. Whether anything was sent is known exactly: undici tells the handler that the request
 * starts right before it writes the first byte, and an attempt that fails before that was never sent.
 */
import { performance } from 'node:perf_hooks';
import type { Dispatcher } from 'undici';
import { OutboundError, type OutboundFailure, type OutboundRequest, type OutboundResponse } from './types.ts';
import { Client } from './undici.ts';

const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** Common to pooled and fresh connections. One request at a time on each, and plain HTTP/1.1. */
export const CLIENT_OPTIONS = {
  pipelining: 1,
  allowH2: false,
  connectTimeout: 10_000,
  keepAliveTimeout: 4_000,
  // The attempt has one deadline of its own.
  headersTimeout: 0,
  bodyTimeout: 0,
};

const REASONS: readonly (readonly [RegExp, OutboundFailure])[] = [
  [/^ECONNREFUSED$/, 'connection_refused'],
  [/^(ENOTFOUND|EAI_)/, 'dns'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'timeout'],
  [/^(CERT_|DEPTH_ZERO|ERR_TLS|ERR_SSL|EPROTO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/, 'tls'],
  [/^(UND_ERR_INVALID_ARG|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)$/, 'invalid_request'],
  [/^(UND_ERR_DESTROYED|UND_ERR_CLOSED)$/, 'closed'],
];

/** Of several addresses that were tried, the first one speaks for all. */
function codeOf(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') {
    return code;
  }
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : '';
}

function reasonBeforeSending(error: unknown): OutboundFailure {
  const code = codeOf(error);
  return REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'unreachable';
}

function toHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      plain[name] = Array.isArray(value) ? value.join(', ') : value;
    }
  }
  return plain;
}

/** Sends over a pooled connection of `pool`, or over a fresh one where the request asks for it. */
export async function sendOnce(
  pool: Dispatcher,
  request: OutboundRequest,
  timeoutMs: number,
): Promise<OutboundResponse> {
  if (!request.freshConnection) {
    return exchange(pool, request, timeoutMs);
  }
  const client = new Client(new URL(request.url).origin, CLIENT_OPTIONS);
  try {
    return await exchange(client, request, timeoutMs);
  } finally {
    client.destroy().catch(() => undefined);
  }
}

/** The answer as it comes in. */
function createAnswer(startedAt: number) {
  const chunks: Buffer[] = [];
  let received = 0;
  let status = 0;
  let headers: Record<string, string> = {};
  return {
    begin(statusCode: number, responseHeaders: Parameters<typeof toHeaders>[0]): void {
      status = statusCode;
      headers = toHeaders(responseHeaders);
    },
    /** Answers how many bytes have come. */
    add(chunk: Buffer): number {
      received += chunk.length;
      chunks.push(chunk);
      return received;
    },
    end: (): OutboundResponse => ({
      ...{ status, headers, body: Buffer.concat(chunks) },
      durationMs: performance.now() - startedAt,
    }),
  };
}

function exchange(
  dispatcher: Dispatcher,
  request: OutboundRequest,
  timeoutMs: number,
): Promise<OutboundResponse> {
  const call = `${request.provider}.${request.operation}`;
  const { startWithinMs, maxAnswerBytes = MAX_ANSWER_BYTES } = request;
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<OutboundResponse>();
  const answer = createAnswer(startedAt);
  let controller: Dispatcher.DispatchController | undefined;
  let failure: OutboundError | undefined;

  function giveUp(error: OutboundError): void {
    failure ??= error;
    stopTimers();
    reject(failure);
    controller?.abort(failure);
  }

  function giveUpUnstarted(): void {
    if (!controller) {
      giveUp(new OutboundError('not_sent', 'timeout', call));
    }
  }

  const deadline = setTimeout(() => {
    giveUp(new OutboundError(controller ? 'unknown' : 'not_sent', 'timeout', call));
  }, timeoutMs);
  const latestStart = startWithinMs === undefined ? undefined : setTimeout(giveUpUnstarted, startWithinMs);

  function stopTimers(): void {
    clearTimeout(deadline);
    clearTimeout(latestStart);
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // A timer may be late; the clock is not.
      if (startWithinMs !== undefined && performance.now() - startedAt > startWithinMs) {
        giveUpUnstarted();
      }
      if (failure) {
        // The deadline came while the request was still waiting for a connection: it must never be sent.
        started.abort(failure);
        return;
      }
      controller = started;
    },
    onResponseStart: (_controller, statusCode, headers) => answer.begin(statusCode, headers),
    onResponseData(_controller, chunk) {
      if (answer.add(chunk) > maxAnswerBytes) {
        giveUp(new OutboundError('unknown', 'too_large', call));
      }
    },
    onResponseEnd() {
      stopTimers();
      resolve(answer.end());
    },
    onResponseError(_controller, error) {
      giveUp(
        controller
          ? new OutboundError('unknown', 'broken', call, error)
          : new OutboundError('not_sent', reasonBeforeSending(error), call, error),
      );
    },
  };
  dispatcher.dispatch(toDispatchOptions(request), handler);
  return promise;
}

function toDispatchOptions(request: OutboundRequest): Dispatcher.DispatchOptions {
  const url = new URL(request.url);
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: { ...request.headers },
    body: request.body ?? null,
    ...(request.freshConnection ? { reset: true } : {}),
  };
}
