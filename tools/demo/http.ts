import { setTimeout as sleep } from 'node:timers/promises';

// biome-ignore lint/suspicious/noExplicitAny: the demo reads answers as a stranger with curl would.
export type Answer = any;

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly csv?: string;
}

/** Calls `METHOD /path` and answers the envelope's `data` (or the plain JSON of the control API). Throws on a failure. */
export type Call = (route: string, options?: CallOptions) => Promise<Answer>;

/** A caller of one server. */
export function createCaller(baseUrl: string): Call {
  return async (route, { token, body, csv } = {}) => {
    const [method = 'GET', path = '/'] = route.split(' ');
    const answer = await fetch(baseUrl + path, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(csv !== undefined && { 'content-type': 'text/csv' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(csv !== undefined && { body: csv }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${route} answered ${answer.status}: ${text.slice(0, 500)}`);
    }
    const json = text === '' ? undefined : (JSON.parse(text) as Answer);
    return json !== undefined && 'code' in json && 'timestamp' in json ? json.data : json;
  };
}

/** Reads until `isThere` holds; throws after `withinMs`. */
export async function until(
  read: () => Promise<Answer>,
  isThere: (value: Answer) => boolean,
  withinMs: number,
): Promise<Answer> {
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
