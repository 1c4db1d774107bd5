/** A request as the load program sends it; made beforehand, so that sending costs as little as possible. */
export interface PreparedRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where it goes, if not to the measured server. */
  readonly origin?: string;
  /** Sent again and again until the answer contains this. */
  readonly until?: string;
  /**
   * Sent when this one was answered well; `:id` in its path, or `":id"` and `":inside.id"` in its body, is what stood there
   * in the `data` of an answer before. All of them count as one.
   */
  readonly next?: PreparedRequest;
}

/** What a load run is told. */
export interface LoadOrder {
  readonly url: string;
  readonly connections: number;
  readonly requests: readonly PreparedRequest[];
  /** As fast as the connections allow, or so many a second whatever the server does. */
  readonly rate: number | 'closed';
  /** A closed run ends after so many seconds or when the requests are used up; they begin anew where `mayRepeat`. */
  readonly seconds: number;
  readonly mayRepeat: boolean;
}

export interface LoadReport {
  readonly sent: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** How late the load program itself was to send, 99th percentile, in an open run: part of every latency, and not the server's. */
  readonly lateP99Ms: number;
  /** Answers by status; 0 counts those without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
}
