import type { FastifyInstance } from 'fastify';
import { type Fault, numberParam, textParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { randomHex, randomText } from '../random.ts';
import { createWireListener, type WireAnswer, type WireRequest } from '../wire.ts';
import { authorize, isTransactionsPath } from './authorization.ts';
import { PROVIDER, type WeChatPayContext } from './context.ts';
import { errorAnswer, WeChatPayError } from './errors.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { answerMessage, signSha256Rsa } from './signing.ts';

/** The HTTP face of WeChat Pay: authorise, run, and sign what went well. */
export function createWeChatPayListener(context: WeChatPayContext, journal: Journal): FastifyInstance {
  return createWireListener<Operation>(
    {
      name: PROVIDER,
      routes: OPERATIONS,
      handle: (operation, request, fault) =>
        withRequestId(request, handle(context, operation, request, fault)),
      answerFault,
    },
    context.faults,
    journal,
  );
}

function handle(
  context: WeChatPayContext,
  operation: Operation,
  request: WireRequest,
  fault: Fault | undefined,
): WireAnswer {
  try {
    const mchid = authorize(request, context.ring, context.clock.signatureNow());
    const result = operation.run(context, request, mchid);
    if ('file' in result) {
      return result.file;
    }
    return signAnswer(context, request, result.json, fault);
  } catch (error) {
    if (error instanceof WeChatPayError) {
      return errorAnswer(error);
    }
    throw error;
  }
}

function signAnswer(
  context: WeChatPayContext,
  request: WireRequest,
  json: Record<string, unknown> | null,
  fault: Fault | undefined,
): WireAnswer {
  const body = json === null ? '' : JSON.stringify(json);
  const timestamp = String(Math.floor(context.clock.signatureNow() / 1000));
  const nonce = randomHex(32);
  const signer = context.ring.forAnswer(request.headers['wechatpay-serial']);
  const key = fault?.kind === 'wrong_signature' ? context.ring.merchantPrivateKey() : signer.key;
  return {
    status: json === null ? 204 : 200,
    headers: {
      ...(json === null ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-signature': signSha256Rsa(answerMessage(timestamp, nonce, body), key),
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
      'wechatpay-serial':
        fault?.kind === 'unknown_serial'
          ? textParam(fault, 'serial', randomHex(40).toUpperCase())
          : signer.serial,
    },
    body,
  };
}

/** Refusals on the transactions paths carry no Request-ID; everything else does. */
function withRequestId(request: WireRequest, answer: WireAnswer): WireAnswer {
  if (answer.status >= 400 && isTransactionsPath(request.target)) {
    return answer;
  }
  return { ...answer, headers: { ...answer.headers, 'request-id': `08${randomText(30).toUpperCase()}` } };
}

function answerFault(_operation: Operation, fault: Fault): WireAnswer {
  const usual =
    fault.kind === 'rate_limit'
      ? { status: 429, code: 'FREQUENCY_LIMITED', message: '频率超限，请降低调用接口频率' }
      : { status: 500, code: 'SYSTEM_ERROR', message: '系统错误，请稍后重试' };
  const status = numberParam(fault, 'status', usual.status);
  const code = textParam(fault, 'code', usual.code);
  return errorAnswer(new WeChatPayError(status, code, textParam(fault, 'message', usual.message)));
}
