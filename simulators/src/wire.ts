import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HTTPMethods,
} from 'fastify';
import { type Fault, type Faults, numberParam } from './faults.ts';
import type { Journal } from './journal.ts';

/** A request exactly as it came over the wire. */
export interface WireRequest {
  method: string;
  /** Path with query, still percent-encoded: the bytes a client signed. */
  target: string;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

export interface WireRoute {
  operation: string;
  method: 'GET' | 'POST';
  url: string;
  /** Where one address serves several operations, the one that the request asks for. */
  operationOf?(request: WireRequest): string;
  /** What a fault plan may be narrowed to. */
  subject(request: WireRequest): Record<string, string | undefined>;
}

export interface WireProvider<Route extends WireRoute> {
  name: string;
  routes: readonly Route[];
  /** Told of every request before anything else happens to it, also of one that a fault plan then cuts off. */
  onReceived?(route: Route, request: WireRequest): void;
  /** Checks, applies, and words the answer; `fault` lets it spoil its own signature. */
  handle(route: Route, request: WireRequest, fault: Fault | undefined): WireAnswer;
  /** The answer of a fault plan: `error` and `rate_limit` before, `error_after_commit` after applying. */
  answerFault(route: Route, fault: Fault, request: WireRequest): WireAnswer;
}

/** What can go wrong on the way, for every operation of every provider. */
export const TRANSPORT_FAULTS = [
  'delay',
  'connection_refused',
  'error',
  'rate_limit',
  'commit_then_timeout',
  'error_after_commit',
  'truncated_body',
  'wrong_signature',
  'unknown_serial',
] as const;

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const LONGEST_SILENCE_MS = 120_000;

/** Builds one provider's listener: raw bodies, empty 404 and 405, fault plans, and a journal of it all. */
export function createWireListener<Route extends WireRoute>(
  provider: WireProvider<Route>,
  faults: Faults,
  journal: Journal,
): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 400 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send());

  for (const route of provider.routes) {
    app.route({
      method: route.method,
      url: route.url,
      handler: (request, reply) => answer(provider, route, faults, journal, request, reply),
    });
  }
  for (const [url, used] of methodsByUrl(provider.routes)) {
    const others = METHODS.filter((method) => !used.includes(method));
    app.route({ method: others, url, handler: (_request, reply) => reply.code(405).send() });
  }
  return app;
}

function methodsByUrl(routes: readonly WireRoute[]): Map<string, string[]> {
  const urls = new Map<string, string[]>();
  for (const route of routes) {
    urls.set(route.url, [...(urls.get(route.url) ?? []), route.method]);
  }
  return urls;
}

async function answer<Route extends WireRoute>(
  provider: WireProvider<Route>,
  route: Route,
  faults: Faults,
  journal: Journal,
  raw: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const request = readRequest(raw);
  const operation = route.operationOf?.(request) ?? route.operation;
  provider.onReceived?.(route, request);
  const fault = faults.take(provider.name, operation, TRANSPORT_FAULTS, route.subject(request));
  const note = (sent: WireAnswer | null) =>
    journal.record({
      provider: provider.name,
      operation,
      method: request.method,
      path: request.target,
      headers: request.headers,
      body: request.body,
      status: sent?.status ?? null,
      answer: sent === null ? '' : showBody(sent.body),
      fault: fault?.kind ?? null,
    });

  if (fault?.kind === 'connection_refused') {
    note(null);
    return cut(raw, reply, 0);
  }
  const isRefusal = fault?.kind === 'error' || fault?.kind === 'rate_limit';
  const applied = isRefusal ? undefined : provider.handle(route, request, fault);
  if (fault !== undefined && fault.kind !== 'commit_then_timeout') {
    const waitMs = numberParam(fault, 'ms', fault.kind === 'delay' ? 2000 : 0);
    if (waitMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  if (fault?.kind === 'commit_then_timeout') {
    note(null);
    return cut(raw, reply, numberParam(fault, 'ms', LONGEST_SILENCE_MS));
  }
  const sent = spoil(provider, route, request, fault, applied);
  note(sent);
  return reply.code(sent.status).headers(sent.headers).send(sent.body);
}

function spoil<Route extends WireRoute>(
  provider: WireProvider<Route>,
  route: Route,
  request: WireRequest,
  fault: Fault | undefined,
  applied: WireAnswer | undefined,
): WireAnswer {
  if (fault !== undefined && (applied === undefined || fault.kind === 'error_after_commit')) {
    return provider.answerFault(route, fault, request);
  }
  if (applied === undefined) {
    throw new Error('an answer is missing only where a fault plan refused');
  }
  if (fault?.kind !== 'truncated_body') {
    return applied;
  }
  const { body } = applied;
  const half = Math.floor(body.length / 2);
  return { ...applied, body: typeof body === 'string' ? body.slice(0, half) : body.subarray(0, half) };
}

function showBody(body: string | Buffer): string {
  return typeof body === 'string' ? body : `(${body.length} bytes)`;
}

/** Leaves the caller without an answer and cuts the connection after a while. */
function cut(raw: FastifyRequest, reply: FastifyReply, afterMs: number): FastifyReply {
  reply.hijack();
  if (afterMs === 0) {
    raw.raw.socket.destroy();
  } else {
    setTimeout(() => raw.raw.socket.destroy(), afterMs).unref();
  }
  return reply;
}

function readRequest(raw: FastifyRequest): WireRequest {
  const question = raw.url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw.headers)) {
    if (value !== undefined) {
      headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
  }
  return {
    method: raw.method,
    target: raw.url,
    params: raw.params as Record<string, string>,
    query: new URLSearchParams(question === -1 ? '' : raw.url.slice(question + 1)),
    headers,
    body: typeof raw.body === 'string' ? raw.body : '',
  };
}
