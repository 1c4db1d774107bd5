import type { FastifyInstance } from 'fastify';
import { type Fault, numberParam, textParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { createWireListener, type WireAnswer, type WireRequest } from '../wire.ts';
import { type PaypalContext, PROVIDER } from './context.ts';
import { errorAnswer, PaypalError } from './errors.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** The HTTP face of PayPal: check the token, run, word what is refused. */
export function createPaypalListener(context: PaypalContext, journal: Journal): FastifyInstance {
  return createWireListener<Operation>(
    {
      name: PROVIDER,
      routes: OPERATIONS,
      handle: (operation, request) => handle(context, operation, request),
      answerFault,
    },
    context.faults,
    journal,
  );
}

/** A refusal commits as well: being declined changes what the payer has to do. */
function handle(context: PaypalContext, operation: Operation, request: WireRequest): WireAnswer {
  return context.store.transaction(() => {
    try {
      if (operation.isOpen !== true) {
        context.tokens.check(request.headers.authorization);
      }
      return operation.run(context, request);
    } catch (error) {
      if (error instanceof PaypalError) {
        return errorAnswer(error);
      }
      throw error;
    }
  });
}

function answerFault(_operation: Operation, fault: Fault): WireAnswer {
  const usual =
    fault.kind === 'rate_limit'
      ? { status: 429, code: 'RATE_LIMIT_REACHED' }
      : { status: 500, code: 'INTERNAL_SERVER_ERROR' };
  const status = numberParam(fault, 'status', usual.status);
  return errorAnswer(new PaypalError(status, textParam(fault, 'code', usual.code)));
}
