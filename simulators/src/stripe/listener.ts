import type { FastifyInstance } from 'fastify';
import { type Fault, numberParam, textParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { randomText } from '../random.ts';
import { createWireListener, type WireAnswer, type WireRequest } from '../wire.ts';
import { API_VERSION, PROVIDER, type StripeContext } from './context.ts';
import { DISTORTIONS, distort } from './distort.ts';
import { errorAnswer, StripeError } from './errors.ts';
import { expand } from './expand.ts';
import { type Form, listOf, parseForm } from './form.ts';
import type { StoredAnswer } from './idempotency.ts';
import { createOperations, type Operation } from './operations.ts';

/** The HTTP face of Stripe: the key, the version, the idempotency key, and what was asked for. */
export function createStripeListener(context: StripeContext, journal: Journal): FastifyInstance {
  return createWireListener<Operation>(
    {
      name: PROVIDER,
      routes: createOperations(context),
      handle: (operation, request, fault) => withHeaders(request, handle(context, operation, request, fault)),
      answerFault: (_operation, fault) => answerFault(fault),
    },
    context.faults,
    journal,
  );
}

function withHeaders(request: WireRequest, answer: WireAnswer): WireAnswer {
  const key = request.headers['idempotency-key'];
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'request-id': `req_${randomText(14)}`,
      'stripe-version': request.headers['stripe-version'] ?? API_VERSION,
      ...(key !== undefined && { 'idempotency-key': key }),
    },
  };
}

/** The key as a bearer token, or as the user of Basic authentication without a password, as the manual's calls with curl. */
function keyIn(authorization: string): string | undefined {
  const [scheme = '', given] = authorization.split(' ');
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return given;
    case 'basic':
      return Buffer.from(given ?? '', 'base64')
        .toString('utf8')
        .replace(/:$/, '');
    default:
      return undefined;
  }
}

function authenticate(context: StripeContext, request: WireRequest): void {
  const given = keyIn(request.headers.authorization ?? '');
  if (given !== context.account.material().secretKey) {
    throw new StripeError(401, {
      type: 'invalid_request_error',
      message: 'Invalid API Key provided.',
      ...(given === undefined ? {} : { code: 'api_key_invalid' }),
    });
  }
}

function handle(
  context: StripeContext,
  operation: Operation,
  request: WireRequest,
  fault: Fault | undefined,
): WireAnswer {
  try {
    authenticate(context, request);
    const form = parseForm(operation.method === 'GET' ? request.query.toString() : request.body);
    const key = operation.method === 'POST' ? request.headers['idempotency-key'] : undefined;
    return key === undefined
      ? toAnswer(run(context, operation, form, request))
      : runOnce(context, operation, form, request, key, fault);
  } catch (error) {
    if (error instanceof StripeError) {
      return errorAnswer(error);
    }
    throw error;
  }
}

/** The first answer under a key is the only one: what the first request did is never done again. */
function runOnce(
  context: StripeContext,
  operation: Operation,
  form: Form,
  request: WireRequest,
  key: string,
  fault: Fault | undefined,
): WireAnswer {
  const { keys, faults } = context;
  const planned = faults.take(
    PROVIDER,
    operation.operation,
    ['key_in_use', 'stored_error'],
    operation.subject(request),
  );
  if (planned?.kind === 'key_in_use') {
    throw new StripeError(409, {
      type: 'invalid_request_error',
      code: 'idempotency_key_in_use',
      message: 'There is currently another in-progress request using this Idempotent Key.',
    });
  }
  const fingerprint = `${request.method} ${request.target}\n${request.body}`;
  const stored = keys.find(key, fingerprint);
  if (stored !== undefined) {
    return toAnswer(stored, { 'idempotent-replayed': 'true', 'original-request': `req_${randomText(14)}` });
  }
  return context.store.transaction(() => {
    const own = planned === undefined ? run(context, operation, form, request) : bodyOf(answerFault(planned));
    // Where the answer that went out was a 500, that is what is repeated, whatever was done.
    const kept = fault?.kind === 'error_after_commit' ? bodyOf(answerFault(fault)) : own;
    if (isKept(kept)) {
      keys.keep(key, fingerprint, kept);
    }
    return toAnswer(own);
  });
}

/** Refusals before anything ran leave the key free. */
function isKept({ status, body }: StoredAnswer): boolean {
  const error =
    status === 400 || status === 404 ? (JSON.parse(body) as { error?: { param?: string } }).error : undefined;
  return ![401, 403, 404, 409, 429].includes(status) && error?.param === undefined;
}

function run(context: StripeContext, operation: Operation, form: Form, request: WireRequest): StoredAnswer {
  return context.store.transaction((): StoredAnswer => {
    try {
      const result = expand(context.objects, operation.run(context, form, request), listOf(form, 'expand'));
      const spoilt = context.faults.take(
        PROVIDER,
        operation.operation,
        DISTORTIONS,
        operation.subject(request),
      );
      return { status: 200, body: JSON.stringify(spoilt ? distort(result, spoilt) : result) };
    } catch (error) {
      if (error instanceof StripeError && error.keepsChanges) {
        return bodyOf(errorAnswer(error));
      }
      if (error instanceof StripeError && error.body.payment_intent !== undefined) {
        return bodyOf(errorAnswer(error));
      }
      throw error;
    }
  });
}

function bodyOf({ status, body }: WireAnswer): StoredAnswer {
  return { status, body: String(body) };
}

function toAnswer({ status, body }: StoredAnswer, headers: Record<string, string> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

function answerFault(fault: Fault): WireAnswer {
  if (fault.kind === 'rate_limit') {
    return errorAnswer(
      new StripeError(429, {
        type: 'invalid_request_error',
        code: 'rate_limit',
        message: 'Request rate limit exceeded.',
      }),
    );
  }
  return errorAnswer(
    new StripeError(numberParam(fault, 'status', 500), {
      type: 'api_error',
      message: textParam(fault, 'message', 'An unknown error occurred.'),
    }),
  );
}
