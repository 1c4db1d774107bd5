import cors from '@fastify/cors';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import {
  AppError,
  type ErrorDefinition,
  internalError,
  invalidRequest,
  malformedBody,
  notFound,
  payloadTooLarge,
  unsupportedMediaType,
} from '../errors.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../log/index.ts';
import { registerApiPages } from './api-pages.ts';
import { failure } from './envelope.ts';
import { localeOf } from './locale.ts';
import { addSecurityHeaders } from './security-headers.ts';

export interface HttpServerDeps {
  readonly config: Pick<Config, 'http' | 'mode'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Told of every answer, for metrics. `route` is the pattern, not the path. */
  readonly onAnswer?: (answer: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }) => void;
}

type CompilersFactory = NonNullable<
  NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']
>;

/** The longest slug; Fastify's own limit of 100 hid products with a longer one. */
const MAX_PARAM_LENGTH = 190;

const FASTIFY_ERRORS: Readonly<Record<string, ErrorDefinition>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: malformedBody,
  FST_ERR_CTP_EMPTY_JSON_BODY: malformedBody,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupportedMediaType,
  FST_ERR_CTP_BODY_TOO_LARGE: payloadTooLarge,
  FST_REQ_FILE_TOO_LARGE: payloadTooLarge,
  FST_ERR_MAX_PARAM_LENGTH: notFound,
};

/** Input is checked and answers are serialised by the router; Fastify's own compilers need not even be loaded. */
const NO_COMPILERS = {
  buildValidator: () => () => () => true,
  buildSerializer: () => () => JSON.stringify,
} as unknown as CompilersFactory;

/** Fastify's own refusals in our words; an unexpected error stays as it is and becomes `internal_error`. */
function translate(error: FastifyError | AppError | SyntaxError): unknown {
  if (error instanceof AppError) {
    return error;
  }
  if (error instanceof SyntaxError && (error as Partial<FastifyError>).statusCode === 400) {
    return new AppError(malformedBody, { cause: error });
  }
  const { code, statusCode } = error as FastifyError;
  const known = FASTIFY_ERRORS[code];
  if (known !== undefined) {
    return new AppError(known, { cause: error });
  }
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? new AppError(invalidRequest, { cause: error })
    : error;
}

/** The HTTP server without routes: envelope for every failure, request ids, security headers, CORS by list, the API document. */
export async function createHttpServer(deps: HttpServerDeps): Promise<FastifyInstance> {
  const { config, log, clock } = deps;
  const answer = createFailureAnswer(log, clock);
  const app = fastify({
    logger: false,
    // Addresses that no route ever sees, such as a broken escape, are refused in the envelope too.
    frameworkErrors(error, request, reply) {
      void answer(translate(error), request, reply.header('X-Request-Id', request.id));
    },
    trustProxy: config.http.trustProxy.length > 0 ? [...config.http.trustProxy] : false,
    genReqId: () => newId('req'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    schemaController: { compilersFactory: NO_COMPILERS },
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answer(translate(error), request, reply));
  app.setNotFoundHandler((request, reply) => answer(new AppError(notFound), request, reply));
  const security = { isHttpsOnly: config.mode === 'production' };
  addHooks(app, deps);
  addSecurityHeaders(app, security);
  await app.register(cors, {
    origin: config.http.corsOrigins.length > 0 ? [...config.http.corsOrigins] : false,
    credentials: true,
  });
  registerApiPages(app, { version: deps.version, security });
  return app;
}

function createFailureAnswer(log: Logger, clock: Clock) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = error instanceof AppError ? error : undefined;
    if (known === undefined || known.definition === internalError) {
      log.error(
        { err: error, requestId: request.id, method: request.method, path: request.url },
        'a request failed',
      );
    } else if (known.definition.status >= 500) {
      log.warn(
        { err: known, cause: known.cause, requestId: request.id, path: request.url },
        'a request was refused',
      );
    }
    const body = failure(error, {
      locale: localeOf(request.headers['accept-language']),
      path: request.url.split('?')[0] as string,
      requestId: request.id,
      now: clock.now(),
    });
    if (known?.retryAfterSeconds !== undefined) {
      reply.header('Retry-After', known.retryAfterSeconds);
    }
    return reply
      .status(body.code)
      .type('application/json; charset=utf-8')
      .serializer(JSON.stringify)
      .send(body);
  };
}

function addHooks(app: FastifyInstance, deps: HttpServerDeps): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    if (isClosing) {
      reply.header('Connection', 'close');
    }
  });
  if (deps.onAnswer) {
    const { onAnswer } = deps;
    app.addHook('onResponse', async (request, reply) => {
      onAnswer({
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        durationMs: reply.elapsedTime,
      });
    });
  }
}
