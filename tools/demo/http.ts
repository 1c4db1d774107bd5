import { setTimeout as sleep } from 'node:timers/promises';

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly csv?: string;
  readonly idempotencyKey?: string;
}

/** Calls `METHOD /path` and answers the envelope's `data` (or the plain JSON of the control API). Throws on a failure. */
export type Call = <T>(route: string, options?: CallOptions) => Promise<T>;

/** A caller of one server. */
export function createCaller(baseUrl: string): Call {
  return async <T>(route: string, { token, body, csv, idempotencyKey }: CallOptions = {}) => {
    const [method = 'GET', path = '/'] = route.split(' ');
    const answer = await fetch(baseUrl + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(csv !== undefined && { 'content-type': 'text/csv' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(csv !== undefined && { body: csv }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${route} answered ${answer.status}: ${text.slice(0, 500)}`);
    }
    return openEnvelope(text) as T;
  };
}

function openEnvelope(text: string): unknown {
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  const isEnvelope = typeof json === 'object' && json !== null && 'data' in json && 'timestamp' in json;
  return isEnvelope ? json.data : json;
}

/** Reads until `isThere` holds; throws after `withinMs`. */
export async function until<T>(
  read: () => Promise<T>,
  isThere: (value: T) => boolean,
  withinMs: number,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await read();
    if (isThere(value)) {
      return value;
    }
    if (performance.now() > deadline) {
      throw new Error(`still waiting after ${withinMs} ms: ${JSON.stringify(value).slice(0, 600)}`);
    }
    await sleep(150);
  }
}

/** Makes sure that the call is refused with this error; answers what it says. */
export async function refused(call: Promise<unknown>, error: string): Promise<string> {
  const failure = await call.then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  if (failure === undefined || !failure.message.includes(`"error":"${error}"`)) {
    throw new Error(`should have been refused with ${error}: ${failure?.message ?? 'it was not'}`);
  }
  // What is nested does not fit in a line.
  return `${error}${/"details":(\{[^{}[\]]*\})/.exec(failure.message)?.[1] ?? ''}`;
}
