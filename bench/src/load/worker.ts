/** The load program, in a process of its own: sends, and measures from when a request was due, not from when it was sent. */
import { Agent, request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadOrder, LoadReport, PreparedRequest } from './request.ts';

/** This program is warm before it measures: it compiles, and opens its connections, for longer than any answer may take. */
const WARM_UP: PreparedRequest = { method: 'GET', path: '/health', headers: {} };
const WARM_UP_SECONDS = 1;
/**
 * The beginning of an open run is no steady state: another process has just written what the requests are about, so that
 * the server's pages are stale. Its latencies are left out, its answers are not.
 */
const UNSTEADY_MS = 500;

/** As often as a page asks that waits for something, and as long as it would. */
const ASK_AGAIN_MS = 20;
const WAIT_AT_MOST_MS = 30_000;

interface Sample {
  readonly latencyMs: number;
  /** Between when the request was due and when it was sent. */
  readonly lateMs: number;
  readonly status: number;
  readonly isSteady: boolean;
}

interface Answer {
  /** 0 without one. */
  readonly status: number;
  /** Read only where something hangs on it. */
  readonly text: string;
}

/** What the answers of a chain have said so far. */
type Known = Readonly<Record<string, unknown>>;

function exchange(agent: Agent, url: URL, request: PreparedRequest): Promise<Answer> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(
      {
        agent,
        host: url.hostname,
        port: url.port,
        method: request.method,
        path: request.path,
        headers: {
          ...request.headers,
          ...(request.body !== undefined && { 'content-length': Buffer.byteLength(request.body) }),
        },
      },
      (answer) => {
        let text = '';
        if (request.next === undefined && request.until === undefined) {
          answer.resume();
        } else {
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
        }
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.once('error', () => resolve({ status: 0, text: '' }));
    outgoing.end(request.body);
  });
}

/** What stands at `parameters.nonceStr`, or at a name alone. */
function lookUp(known: Known, place: string): unknown {
  const found = place
    .split('.')
    .reduce<unknown>((inside, name) => (inside as Known | undefined)?.[name], known);
  if (found === undefined) {
    throw new Error(`no answer so far has said ${place}`);
  }
  return found;
}

function fillIn(request: PreparedRequest, known: Known): PreparedRequest {
  const { path, body } = request;
  return {
    ...request,
    path: path.replace(/:(\w+)/, (_, place: string) => String(lookUp(known, place))),
    ...(body !== undefined && {
      body: body.replace(/":([\w.]+)"/g, (_, place: string) => JSON.stringify(lookUp(known, place))),
    }),
  };
}

/** Exchanges once, or until the answer contains what is waited for; one for which it never did counts as none. */
async function exchangeUntil(agent: Agent, url: URL, request: PreparedRequest): Promise<Answer> {
  const { until } = request;
  const endsAt = performance.now() + WAIT_AT_MOST_MS;
  for (;;) {
    const answer = await exchange(agent, url, request);
    if (until === undefined || answer.status !== 200 || answer.text.includes(until)) {
      return answer;
    }
    if (performance.now() > endsAt) {
      return { status: 0, text: '' };
    }
    await sleep(ASK_AGAIN_MS);
  }
}

/** Answers the status of the last answer, or of the first that was not good. */
async function send(agent: Agent, url: URL, request: PreparedRequest, known?: Known): Promise<number> {
  const { next, origin } = request;
  const target = origin === undefined ? url : new URL(origin);
  const prepared = known === undefined ? request : fillIn(request, known);
  const { status, text } = await exchangeUntil(agent, target, prepared);
  if (next === undefined || status === 0 || status >= 300) {
    return status;
  }
  const { data } = JSON.parse(text) as { data?: Known };
  return send(agent, url, next, { ...known, ...data });
}

function summarise(samples: readonly Sample[], seconds: number): LoadReport {
  const steady = samples.filter(({ isSteady }) => isSteady);
  const latencies = steady.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const lateness = steady.map(({ lateMs }) => lateMs).sort((a, b) => a - b);
  const at = (share: number, sorted = latencies) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
  const statuses: Record<string, number> = {};
  for (const { status } of samples) {
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return {
    sent: samples.length,
    seconds,
    perSecond: samples.length / seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    lateP99Ms: at(0.99, lateness),
    statuses,
  };
}

async function runClosed(order: LoadOrder, agent: Agent): Promise<LoadReport> {
  const url = new URL(order.url);
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + order.seconds * 1_000;
  let next = 0;
  const connection = async () => {
    while (performance.now() < endsAt && (order.mayRepeat || next < order.requests.length)) {
      const request = order.requests[next++ % order.requests.length] as PreparedRequest;
      const sentAt = performance.now();
      const status = await send(agent, url, request);
      samples.push({ latencyMs: performance.now() - sentAt, lateMs: 0, status, isSteady: true });
    }
  };
  await Promise.all(Array.from({ length: order.connections }, connection));
  return summarise(samples, (performance.now() - startedAt) / 1_000);
}

/** Requests leave on schedule; one that the server makes wait is counted from when it was due (no coordinated omission). */
async function runOpen(order: LoadOrder, agent: Agent, rate: number): Promise<LoadReport> {
  const url = new URL(order.url);
  const samples: Sample[] = [];
  const running: Promise<void>[] = [];
  const total = Math.min(
    Math.floor(rate * order.seconds),
    order.mayRepeat ? Number.POSITIVE_INFINITY : order.requests.length,
  );
  const startedAt = performance.now();
  for (let index = 0; index < total; index += 1) {
    const dueAt = startedAt + (index * 1_000) / rate;
    const waitMs = dueAt - performance.now();
    if (waitMs > 1) {
      await sleep(waitMs);
    }
    const request = order.requests[index % order.requests.length] as PreparedRequest;
    const lateMs = Math.max(0, performance.now() - dueAt);
    const isSteady = dueAt - startedAt >= UNSTEADY_MS;
    running.push(
      send(agent, url, request).then((status) => {
        samples.push({ latencyMs: performance.now() - dueAt, lateMs, status, isSteady });
      }),
    );
  }
  await Promise.all(running);
  return summarise(samples, (performance.now() - startedAt) / 1_000);
}

async function work(order: LoadOrder): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  await runClosed({ ...order, requests: [WARM_UP], mayRepeat: true, seconds: WARM_UP_SECONDS }, agent);
  const report =
    order.rate === 'closed' ? await runClosed(order, agent) : await runOpen(order, agent, order.rate);
  agent.destroy();
  process.send?.(report, () => process.disconnect());
}

process.once('message', (order: LoadOrder) => void work(order));
