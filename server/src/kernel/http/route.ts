import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ErrorDefinition, Locale } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { Upload, UploadSpec } from './upload.ts';

export type Access =
  /** Anybody; the caller is not even looked at. */
  | 'public'
  /** Anybody; a valid token is read if there is one. */
  | 'optional'
  /** Any logged-in user. */
  | 'user'
  /** Staff with the route's permission. */
  | 'staff';

export interface RateLimit {
  readonly points: number;
  readonly perSeconds: number;
}

/** Everything about a route but what it does. All schemas are Zod; bodies are strict objects, so that an unknown field is a 400. */
export interface RouteSpec<Params, Query, Body, Data> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Fastify's form: `/orders/:id`. */
  readonly url: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly access: Access;
  /** Needed exactly where access is `staff`; such as `orders.read`. */
  readonly permission?: string;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** What stands in the envelope's `data`. An explicit view, never a row. */
  readonly data: z.ZodType<Data>;
  /** Of a success; 200 without it. A handler may choose another with `reply.status`, named here. */
  readonly status?: 200 | 201 | 202;
  readonly otherStatuses?: readonly (200 | 201 | 202)[];
  readonly errors?: readonly ErrorDefinition[];
  /** Takes an Idempotency-Key: every POST that creates or moves money does. */
  readonly isIdempotent?: boolean;
  /** By caller, or by network address where nobody is logged in. */
  readonly rateLimit?: RateLimit;
  /** Bytes; 256 KiB without it. */
  readonly bodyLimit?: number;
  /** Takes a file instead of a JSON body. */
  readonly upload?: UploadSpec;
}

export interface RouteContext<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** `null` only on public and optional routes. */
  readonly caller: Caller | null;
  /**
   * The id of the Idempotency-Key's claim, or `null` without a key. The row that the route creates carries it under a
   * unique key, so that a run whose process died and its successor can not both create (RULES 21).
   */
  readonly claimId: string | null;
  /** The file, on routes that take one. */
  readonly upload: Upload | null;
  readonly locale: Locale;
  readonly ip: string;
  /** Where the caller is, as a trusted proxy says: two capital letters; `null` where none says it. */
  readonly country: string | null;
  readonly requestId: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type Handler<Params, Query, Body, Data> = (
  context: RouteContext<Params, Query, Body>,
) => Promise<Data>;

/** Where modules register their routes. */
export interface Router {
  route<Params = unknown, Query = unknown, Body = unknown, Data = unknown>(
    spec: RouteSpec<Params, Query, Body, Data>,
    handler: Handler<Params, Query, Body, Data>,
  ): void;
  /**
   * A route outside the envelope that gets the body's raw bytes (providers' notifications). A body of more bytes than
   * `limitOf` its request is answered 413 and not kept.
   */
  rawRoute(
    spec: {
      readonly method: 'POST';
      readonly url: string;
      readonly summary: string;
      readonly tag: string;
      readonly limitOf: (request: FastifyRequest) => number;
    },
    handler: (request: FastifyRequest<{ Body: Buffer }>, reply: FastifyReply) => Promise<FastifyReply>,
  ): void;
}

/** The caller of a route whose access is `user` or `staff`. */
export function requireCaller(context: { readonly caller: Caller | null }): Caller {
  if (context.caller === null) {
    throw new Error('the route is public but asks for its caller');
  }
  return context.caller;
}
