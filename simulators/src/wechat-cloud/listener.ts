import type { FastifyInstance } from 'fastify';
import { type Fault, numberParam, textParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { WeChatPayError } from '../wechat-pay/errors.ts';
import { createWireListener, type WireAnswer, type WireRequest } from '../wire.ts';
import { PROVIDER, type WeChatCloudContext } from './context.ts';
import { OPERATIONS, type Operation, readContent } from './operations.ts';
import { platformError, refusal, wordRefusal } from './words.ts';

const DOUBTS = ['system_error', 'system_error_after_commit'];

/** What stands for `api.weixin.qq.com` inside a container. */
export function createWeChatCloudListener(context: WeChatCloudContext, journal: Journal): FastifyInstance {
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

function handle(context: WeChatCloudContext, operation: Operation, request: WireRequest): WireAnswer {
  const doubt = context.faults.take(PROVIDER, operation.operation, DOUBTS, operation.subject(request));
  const lost = () => refusal(context, 'SYSTEMERROR', '系统错误');
  if (doubt?.kind === 'system_error') {
    return lost();
  }
  const answer = run(context, operation, request);
  return doubt === undefined ? answer : lost();
}

function run(context: WeChatCloudContext, operation: Operation, request: WireRequest): WireAnswer {
  const content = readContent(request);
  if (content instanceof WeChatPayError) {
    return platformError(47001, 'data format error');
  }
  try {
    return operation.run(context, content);
  } catch (error) {
    if (error instanceof WeChatPayError) {
      return wordRefusal(context, error);
    }
    throw error;
  }
}

function answerFault(_operation: Operation, fault: Fault): WireAnswer {
  const usual =
    fault.kind === 'rate_limit'
      ? { errcode: 45009, errmsg: 'reach max api daily quota limit' }
      : { errcode: -1, errmsg: 'system error' };
  const errcode = numberParam(fault, 'errcode', usual.errcode);
  const answer = platformError(errcode, textParam(fault, 'errmsg', usual.errmsg));
  return { ...answer, status: numberParam(fault, 'status', 200) };
}
