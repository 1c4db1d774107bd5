export interface OutboundRequest {
  /** Lower-case name of whom we call, such as `wechat-pay`. */
  readonly provider: string;
  /** What is asked of them, such as `prepay`. */
  readonly operation: string;
  /** Id of our row that this call is about. */
  readonly subject?: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** For everything, from connecting to the last byte of the answer, repeats included; 10 s by default. */
  readonly timeoutMs?: number;
  /** The first byte leaves within this time or never does; a call that could not begin in time is `not_sent`. */
  readonly startWithinMs?: number;
  /** The provider promises that saying it twice is saying it once: up to two repeats on broken connections and 502, 503, 504. */
  readonly isSafeToRepeat?: boolean;
  /** Never over a connection that was used before, so that a refused connection proves that nothing was sent. */
  readonly freshConnection?: boolean;
  /** A longer answer is cut off and unknown; 10 MB by default. */
  readonly maxAnswerBytes?: number;
  /** Names of further fields to mask in the stored call; secrets and personal data are masked anyway. */
  readonly redact?: readonly string[];
}

export interface OutboundResponse {
  readonly status: number;
  /** Names in lower case; several values of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly durationMs: number;
}

export type OutboundFailure =
  | 'connection_refused'
  | 'dns'
  | 'tls'
  | 'unreachable'
  | 'timeout'
  | 'broken'
  | 'too_large'
  | 'circuit_open'
  | 'invalid_request'
  | 'closed';

/**
 * Thrown when there is no answer. `not_sent` only when provably not one byte of the request has left this process;
 * everything else is `unknown`: the provider may have done what it was asked, and must be queried.
 */
export class OutboundError extends Error {
  readonly kind: 'not_sent' | 'unknown';
  readonly reason: OutboundFailure;

  constructor(kind: 'not_sent' | 'unknown', reason: OutboundFailure, call: string, cause?: unknown) {
    super(`${call} had no answer (${kind}: ${reason})`, cause === undefined ? undefined : { cause });
    this.name = 'OutboundError';
    this.kind = kind;
    this.reason = reason;
  }
}

/** The one way out of this process. */
export interface Outbound {
  /**
   * Calls a provider and answers whatever it answered, errors included. Throws an OutboundError when there is no answer,
   * and a TransactionMisuse inside a transaction.
   */
  call(request: OutboundRequest): Promise<OutboundResponse>;
  /** Writes down the calls that are still buffered and closes the connections. */
  close(): Promise<void>;
}

/** How one attempt of one call went, for metrics. */
export interface CallOutcome {
  readonly provider: string;
  readonly operation: string;
  /** Of the answer, if there was one. */
  readonly status: number | undefined;
  readonly failure: OutboundFailure | undefined;
  readonly durationMs: number;
}
