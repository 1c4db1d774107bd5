/**
 * The one HTTP client. Calls stand between transactions, never inside one: the intent is committed before, the outcome
 * after, and a job finishes what crashed in between. A call without an answer is either provably not sent or unknown.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { reachBoundary } from '../boundaries.ts';
import type { Clock } from '../clock.ts';
import { assertNoTransaction, type Db } from '../db/index.ts';
import type { Logger } from '../log/index.ts';
import { createCallLog } from './call-log.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { CLIENT_OPTIONS, sendOnce } from './send-once.ts';
import {
  type CallOutcome,
  type Outbound,
  OutboundError,
  type OutboundRequest,
  type OutboundResponse,
} from './types.ts';
import { Agent } from './undici.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_CONNECTIONS_PER_HOST = 32;
const MAX_ATTEMPTS = 3;
const REPEAT_AFTER_MS = 100;
const REPEATED_STATUSES = new Set([502, 503, 504]);

export interface OutboundOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after each attempt, for metrics. */
  readonly onCall?: (outcome: CallOutcome) => void;
  /** 32 by default. */
  readonly connectionsPerHost?: number;
}

type Attempt = { readonly response: OutboundResponse } | { readonly error: OutboundError };

/** Makes the client; there is one for the whole process. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { db, clock, log } = options;
  const agent = new Agent({
    ...CLIENT_OPTIONS,
    connections: options.connectionsPerHost ?? DEFAULT_CONNECTIONS_PER_HOST,
  });
  const circuits = createCircuitBreaker(clock);
  const calls = createCallLog(db, log);

  /** One attempt with all that surrounds it: circuit, boundaries, the row, the metric. */
  async function attempt(request: OutboundRequest, number: number, timeoutMs: number): Promise<Attempt> {
    const { provider, operation } = request;
    const name = `${provider}.${operation}`;
    const circuit = `${provider} ${new URL(request.url).origin}`;
    if (!circuits.allows(circuit)) {
      const error = new OutboundError('not_sent', 'circuit_open', name);
      options.onCall?.({ provider, operation, status: undefined, failure: error.reason, durationMs: 0 });
      return { error };
    }
    const at = clock.now();
    const startedAt = performance.now();
    reachBoundary('call.before', name);
    const result = await settle(name, () => sendOnce(agent, request, timeoutMs));
    reachBoundary('call.after', name);
    const durationMs = performance.now() - startedAt;
    const response = 'response' in result ? result.response : undefined;
    const error = 'error' in result ? result.error : undefined;
    reportCircuit(circuit, error);
    calls.record({ request, attempt: number, response, error, durationMs, at });
    options.onCall?.({ provider, operation, status: response?.status, failure: error?.reason, durationMs });
    return result;
  }

  function reportCircuit(circuit: string, error: OutboundError | undefined): void {
    const hasAnswered =
      error === undefined || error.reason === 'too_large' || error.reason === 'invalid_request';
    if (hasAnswered ? circuits.succeeded(circuit) : circuits.failed(circuit)) {
      log.warn(
        { circuit, err: error },
        hasAnswered ? 'the provider answers again' : 'the provider does not answer',
      );
    }
  }

  async function call(request: OutboundRequest): Promise<OutboundResponse> {
    assertNoTransaction(`the call ${request.provider}.${request.operation}`);
    const deadline = performance.now() + (request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const maxAttempts = request.isSafeToRepeat ? MAX_ATTEMPTS : 1;
    let unknown: OutboundError | undefined;
    for (let number = 1; ; number += 1) {
      const result = await attempt(request, number, Math.max(1, deadline - performance.now()));
      if ('error' in result && result.error.kind === 'unknown') {
        unknown ??= result.error;
      }
      const waitMs = REPEAT_AFTER_MS * 2 ** (number - 1) * (0.5 + Math.random());
      const hasTime = performance.now() + waitMs < deadline;
      if (number < maxAttempts && hasTime && isWorthRepeating(result)) {
        await sleep(waitMs);
        continue;
      }
      if ('response' in result) {
        return result.response;
      }
      // An earlier attempt may have been carried out, even if the last one was never sent.
      throw unknown ?? result.error;
    }
  }

  return {
    call,
    async close() {
      await agent.close();
      await calls.flush();
    },
  };
}

async function settle(name: string, send: () => Promise<OutboundResponse>): Promise<Attempt> {
  try {
    return { response: await send() };
  } catch (error) {
    return {
      error: error instanceof OutboundError ? error : new OutboundError('unknown', 'broken', name, error),
    };
  }
}

function isWorthRepeating(result: Attempt): boolean {
  if ('response' in result) {
    return REPEATED_STATUSES.has(result.response.status);
  }
  return !['too_large', 'invalid_request', 'circuit_open', 'closed'].includes(result.error.reason);
}
