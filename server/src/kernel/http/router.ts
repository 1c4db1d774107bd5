import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { reachBoundary } from '../boundaries.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { AppError, forbidden, unauthenticated } from '../errors.ts';
import { type Authenticate, type Caller, hasPermission } from './caller.ts';
import { documentRaw, documentRoute } from './document.ts';
import { success } from './envelope.ts';
import { claimKey, keepAnswer, releaseKey } from './idempotency.ts';
import { localeOf } from './locale.ts';
import { createRateLimiter } from './rate-limit.ts';
import type { Handler, RouteContext, Router, RouteSpec } from './route.ts';
import { createSerializer } from './serializer.ts';
import { acceptUploads, readBody, readUpload, type UploadSpec } from './upload.ts';
import { parseInput, parseParams } from './validate.ts';

const DEFAULT_BODY_LIMIT = 256 * 1_024;

export interface RouterDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  /** The header in which a trusted proxy says the caller's country, in lower case; `null` for none. */
  readonly countryHeader: string | null;
}

type AnySpec = RouteSpec<unknown, unknown, unknown, unknown>;
type AnyHandler = Handler<unknown, unknown, unknown, unknown>;

/** Turns route specs into Fastify routes: access, limits, input, idempotency and the envelope, in this order. */
export function createRouter(app: FastifyInstance, deps: RouterDeps): Router {
  return {
    route(spec, handler) {
      const add = (scope: FastifyInstance) => addRoute(scope, deps, spec, handler as AnyHandler);
      if (spec.upload === undefined) {
        add(app);
      } else {
        addUploadRoute(app, spec.upload, add);
      }
    },
    rawRoute(spec, handler) {
      app.register(async (scope) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('*', (request: FastifyRequest, payload: NodeJS.ReadableStream) =>
          readBody(payload, spec.limitOf(request)),
        );
        scope.route<{ Body: Buffer }>({
          method: spec.method,
          url: spec.url,
          config: { document: () => documentRaw(spec) },
          handler: async (request, reply) => handler(request, reply),
        });
      });
    },
  };
}

function addUploadRoute(
  app: FastifyInstance,
  upload: UploadSpec,
  add: (scope: FastifyInstance) => void,
): void {
  app.register(async (scope) => {
    await acceptUploads(scope, upload);
    add(scope);
  });
}

function addRoute(app: FastifyInstance, deps: RouterDeps, spec: AnySpec, handler: AnyHandler): void {
  if ((spec.access === 'staff') !== (spec.permission !== undefined)) {
    throw new Error(`${spec.method} ${spec.url}: staff routes, and only they, declare a permission`);
  }
  const takePoint = spec.rateLimit && createRateLimiter(`${spec.method} ${spec.url}`, spec.rateLimit);
  const envelope = z.object({ code: z.int(), message: z.string(), data: spec.data, timestamp: z.string() });
  const serialize = createSerializer(envelope);

  app.route({
    method: spec.method,
    url: spec.url,
    bodyLimit: spec.upload?.limit ?? spec.bodyLimit ?? DEFAULT_BODY_LIMIT,
    config: { document: () => documentRoute(spec) },
    async handler(request, reply) {
      const caller = await readCaller(deps, spec, request);
      await takePoint?.(caller?.userId ?? request.ip);
      const input = readContext(deps, spec, request, reply, caller);
      const context = spec.upload ? { ...input, upload: await readUpload(request, spec.upload) } : input;
      reply.status(spec.status ?? 200);
      const data = await runIdempotently(deps, spec, context, handler);
      reachBoundary('answer.before', `${spec.method} ${spec.url}`);
      reply.type('application/json; charset=utf-8').serializer(serialize);
      return success(reply.statusCode, data, input.locale, deps.clock.now());
    },
  });
}

async function readCaller(deps: RouterDeps, spec: AnySpec, request: FastifyRequest): Promise<Caller | null> {
  if (spec.access === 'public') {
    return null;
  }
  const caller = await deps.authenticate(request.headers);
  if (caller === null && spec.access !== 'optional') {
    throw new AppError(unauthenticated);
  }
  if (spec.permission !== undefined && caller !== null && !hasPermission(caller, spec.permission)) {
    throw new AppError(forbidden, { details: { permission: spec.permission } });
  }
  return caller;
}

const NO_COUNTRIES = new Set(['XX', 'ZZ']);

/** Only where the address is believed, too: with a proxy that we trust, `ips` holds more than the peer's own. */
function readCountry({ ips, headers }: FastifyRequest, header: string | null): string | null {
  const value = header !== null && (ips?.length ?? 0) > 1 ? headers[header] : undefined;
  const isCountry = typeof value === 'string' && /^[A-Z]{2}$/.test(value) && !NO_COUNTRIES.has(value);
  return isCountry ? value : null;
}

function readContext(
  { countryHeader }: RouterDeps,
  spec: AnySpec,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | null,
): RouteContext<unknown, unknown, unknown> {
  const locale = localeOf(request.headers['accept-language']);
  return {
    params: spec.params ? parseParams(spec.params, request.params, locale) : undefined,
    query: spec.query ? parseInput(spec.query, request.query, locale) : undefined,
    body: spec.body ? parseInput(spec.body, request.body ?? {}, locale) : undefined,
    caller,
    claimId: null,
    upload: null,
    locale,
    ip: request.ip,
    country: readCountry(request, countryHeader),
    requestId: request.id,
    request,
    reply,
  };
}

async function runIdempotently(
  deps: RouterDeps,
  spec: AnySpec,
  context: RouteContext<unknown, unknown, unknown>,
  handler: AnyHandler,
): Promise<unknown> {
  const key = context.request.headers['idempotency-key'];
  if (!spec.isIdempotent || typeof key !== 'string') {
    return handler(context);
  }
  const scope = `${context.caller?.userId ?? context.ip} ${spec.method} ${spec.url}`;
  const { params, query, body } = context;
  const claim = await claimKey(deps.db, { key, scope, content: { params, query, body } });
  if (claim.kind === 'replay') {
    context.reply.header('Idempotency-Hit', 'true').status(claim.answer.status);
    return JSON.parse(claim.answer.data);
  }
  let data: unknown;
  try {
    data = await handler({ ...context, claimId: claim.claimId });
  } catch (error) {
    await releaseKey(deps.db, claim, error);
    throw error;
  }
  await keepAnswer(deps.db, claim, {
    status: context.reply.statusCode,
    data: JSON.stringify(data),
  });
  return data;
}
