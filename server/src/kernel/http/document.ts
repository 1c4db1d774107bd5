import { z } from 'zod';
import {
  badCursor,
  type ErrorDefinition,
  fileMissing,
  forbidden,
  invalidRequest,
  malformedForm,
  payloadTooLarge,
  tooManyRequests,
  unauthenticated,
  unsupportedMediaType,
} from '../errors.ts';
import { idempotencyInProgress, idempotencyKeyReused } from './idempotency.ts';
import { type JsonSchema, toDocument } from './json-schema.ts';
import type { RouteSpec } from './route.ts';
import type { UploadSpec } from './upload.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the API document says of the route; made when somebody asks, since hardly anybody does. */
    document?: () => JsonSchema;
  }
}

type AnySpec = RouteSpec<unknown, unknown, unknown, unknown>;

/** The failure envelope, written down once in the API document as `Failure`. */
export const failureSchema = z.object({
  code: z.int(),
  message: z.string(),
  error: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string(), code: z.string() })).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  data: z.null(),
  path: z.string(),
  requestId: z.string(),
  timestamp: z.string(),
});

const takesCursor = ({ query }: AnySpec) => query instanceof z.ZodObject && 'cursor' in query.shape;

function errorsOf(spec: AnySpec): ErrorDefinition[] {
  const takesInput = spec.params !== undefined || spec.query !== undefined || spec.body !== undefined;
  return [
    ...(takesInput ? [invalidRequest] : []),
    ...(takesCursor(spec) ? [badCursor] : []),
    ...(spec.upload ? [fileMissing, malformedForm, payloadTooLarge, unsupportedMediaType] : []),
    ...(spec.access === 'user' || spec.access === 'staff' ? [unauthenticated] : []),
    ...(spec.access === 'staff' ? [forbidden] : []),
    ...(spec.rateLimit ? [tooManyRequests] : []),
    ...(spec.isIdempotent ? [idempotencyInProgress, idempotencyKeyReused] : []),
    ...(spec.errors ?? []),
  ];
}

function describeErrors(spec: AnySpec): Record<string, JsonSchema> {
  const byStatus = Map.groupBy(new Set(errorsOf(spec)), ({ status }) => status);
  const entries = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries<JsonSchema>(
    entries.map(([status, errors]) => [
      String(status),
      {
        description: errors.map(({ code, message }) => `\`${code}\`: ${message.en}`).join('\n\n'),
        $ref: 'Failure#',
      },
    ]),
  );
}

/** A file, as the part of a form or as the body itself. */
function documentUpload({ types }: UploadSpec): JsonSchema {
  const form = {
    type: 'object',
    required: ['file'],
    properties: { file: { type: 'string', format: 'binary' } },
  };
  const content = Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
  return { body: { content: { ...content, 'multipart/form-data': { schema: form } } } };
}

/** What `@fastify/swagger` reads of a route. */
export function documentRoute(spec: AnySpec): JsonSchema {
  const envelope = z.object({ code: z.int(), message: z.string(), data: spec.data, timestamp: z.string() });
  const statuses = [spec.status ?? 200, ...(spec.otherStatuses ?? [])];
  const successes = statuses.map((status) => [
    String(status),
    { description: 'Success', ...toDocument(envelope, 'output') },
  ]);
  const idempotencyHeader = {
    type: 'object',
    properties: {
      'idempotency-key': {
        type: 'string',
        minLength: 8,
        maxLength: 255,
        description: 'Repeats with the same key get the first answer for 24 hours.',
      },
    },
  };
  const permission = spec.permission === undefined ? '' : `Needs the permission \`${spec.permission}\`.`;
  const description = [spec.description, permission].filter(Boolean).join('\n\n');
  return {
    summary: spec.summary,
    ...(description !== '' && { description }),
    tags: [spec.tag],
    ...(spec.params && { params: toDocument(spec.params, 'input') }),
    ...(spec.query && { querystring: toDocument(spec.query, 'input') }),
    ...(spec.body && { body: toDocument(spec.body, 'input') }),
    ...(spec.upload && documentUpload(spec.upload)),
    ...(spec.isIdempotent && { headers: idempotencyHeader }),
    response: { ...Object.fromEntries(successes), ...describeErrors(spec) },
    ...(spec.access === 'public'
      ? {}
      : { security: spec.access === 'optional' ? [{}, { bearer: [] }] : [{ bearer: [] }] }),
  };
}

/** The same for a route that speaks a provider's format. */
export function documentRaw(spec: { readonly summary: string; readonly tag: string }): JsonSchema {
  return { summary: spec.summary, tags: [spec.tag] };
}
