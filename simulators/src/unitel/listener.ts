import type { FastifyInstance } from 'fastify';
import { type Fault, numberParam, textParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { randomDigits } from '../random.ts';
import { createWireListener, type WireAnswer, type WireRequest } from '../wire.ts';
import { jsonAnswer, refusalAnswer, UnitelRefusal, unauthorised } from './answers.ts';
import { PROVIDER, type UnitelContext } from './context.ts';
import {
  describeSend,
  OPERATIONS,
  type Operation,
  readBody,
  takeBusinessFault,
  wordRefusal,
} from './operations.ts';

/** The HTTP face of Unitel. Every request to deliver is written down when it comes in, whatever becomes of it. */
export function createUnitelListener(context: UnitelContext, journal: Journal): FastifyInstance {
  const received = new WeakMap<WireRequest, number>();

  function handle(operation: Operation, request: WireRequest): WireAnswer {
    return context.store.transaction(() => {
      if (operation.isOpen !== true && !context.tokens.isGood(request.headers.authorization)) {
        return unauthorised();
      }
      return applyFaulty(context, operation, request, received.get(request));
    });
  }

  return createWireListener<Operation>(
    {
      name: PROVIDER,
      routes: OPERATIONS,
      onReceived({ send }, request) {
        if (send !== undefined) {
          received.set(request, context.sends.receive(describeSend(send, readBody(request.body))));
        }
      },
      handle,
      answerFault,
    },
    context.faults,
    journal,
  );
}

/** Carries the request out, unless a fault plan keeps it from that; and says what happened, unless one lies about it. */
function applyFaulty(
  context: UnitelContext,
  operation: Operation,
  request: WireRequest,
  sendId: number | undefined,
): WireAnswer {
  const fault = takeBusinessFault(context, operation, request);
  switch (fault?.kind) {
    case 'refused':
      return refuse(context, sendId, wordRefusal(fault));
    case 'unauthorised':
      return unauthorised();
    case 'success_without_delivery':
      return jsonAnswer(200, {
        result: 'success',
        code: '000',
        msg: 'success',
        sv_id: null,
        seq: randomDigits(16),
      });
    default:
      return disguise(apply(context, operation, request, sendId), fault);
  }
}

function apply(
  context: UnitelContext,
  operation: Operation,
  request: WireRequest,
  sendId: number | undefined,
): WireAnswer {
  try {
    const answer = operation.run(context, readBody(request.body), request);
    if (sendId !== undefined) {
      const { seq } = JSON.parse(String(answer.body)) as { seq: string };
      context.sends.settle(sendId, 'delivered', seq);
    }
    return answer;
  } catch (error) {
    if (error instanceof UnitelRefusal) {
      return refuse(context, sendId, error);
    }
    throw error;
  }
}

/** Delivered, and yet said to be something else. */
function disguise(answer: WireAnswer, fault: Fault | undefined): WireAnswer {
  switch (fault?.kind) {
    case 'refused_after_commit':
      return refusalAnswer(wordRefusal(fault));
    case 'unauthorised_after_commit':
      return unauthorised();
    case 'malformed':
      return jsonAnswer(200, { result: 'success' });
    default:
      return answer;
  }
}

function refuse(context: UnitelContext, sendId: number | undefined, refusal: UnitelRefusal): WireAnswer {
  if (sendId !== undefined) {
    context.sends.settle(sendId, 'refused');
  }
  return refusalAnswer(refusal);
}

function answerFault(_operation: Operation, fault: Fault): WireAnswer {
  const status = numberParam(fault, 'status', fault.kind === 'rate_limit' ? 429 : 500);
  return jsonAnswer(status, {
    result: 'failed',
    code: textParam(fault, 'code', '999'),
    msg: textParam(fault, 'message', 'The system is busy'),
  });
}
