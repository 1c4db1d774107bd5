/** A provider that answers what a test has prepared, call by call. */
import type { Outbound, OutboundRequest, OutboundResponse } from '../../src/kernel/outbound/index.ts';

export type PreparedAnswer = OutboundResponse | Error | ((request: OutboundRequest) => OutboundResponse);

export interface PreparedOutbound {
  readonly outbound: Outbound;
  /** What was called. */
  readonly calls: OutboundRequest[];
  /** What the next calls are answered, in this order; a function may look at the request or throw. */
  answers(...next: PreparedAnswer[]): void;
}

export function createPreparedOutbound(): PreparedOutbound {
  const calls: OutboundRequest[] = [];
  const queue: PreparedAnswer[] = [];
  return {
    calls,
    answers: (...next) => void queue.push(...next),
    outbound: {
      async call(request) {
        calls.push(request);
        const next = queue.shift();
        if (next === undefined) {
          throw new Error(`nothing was prepared for ${request.method} ${request.url}`);
        }
        if (next instanceof Error) {
          throw next;
        }
        return typeof next === 'function' ? next(request) : next;
      },
      close: () => Promise.resolve(),
    },
  };
}
