import type { FastifyInstance } from 'fastify';
import { type Fault, numberParam } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { createWireListener, type WireAnswer, type WireRequest, type WireRoute } from '../wire.ts';
import { downloadBill } from './bills.ts';
import { type AlipayContext, PROVIDER } from './context.ts';
import { AlipayError, describeError, invalidArgument, refused } from './errors.ts';
import { DOUBTS, OPERATIONS, type Operation } from './operations.ts';
import { placeOrder } from './orders.ts';
import { authorize, readContent, readParameters } from './request.ts';
import { signerOf, signRsa2 } from './signing.ts';
import type { Product, Trade } from './trades.ts';

const PAGES: Readonly<Record<string, Product>> = {
  'alipay.trade.page.pay': 'page',
  'alipay.trade.wap.pay': 'wap',
};

/** The HTTP face of Alipay: one address for everything, told apart by `method`, and another for files. */
export function createAlipayListener(context: AlipayContext, journal: Journal): FastifyInstance {
  const gateway = {
    operation: 'gateway',
    url: '/gateway.do',
    operationOf(request: WireRequest) {
      const method = readParameters(request).get('method') ?? '';
      return method in PAGES ? 'page' : (OPERATIONS[method]?.operation ?? 'gateway');
    },
    subject: subjectOf,
  };
  const download = {
    operation: 'download_bill',
    method: 'GET',
    url: '/bill/download',
    subject: () => ({}),
  } as const;
  return createWireListener<WireRoute>(
    {
      name: PROVIDER,
      routes: [{ ...gateway, method: 'POST' }, { ...gateway, method: 'GET' }, download],
      handle: (route, request, fault) =>
        route.operation === 'download_bill'
          ? downloadBill(context, request.query)
          : handle(context, request, fault),
      answerFault: (_route, fault, request) => answerFault(context, request, fault),
    },
    context.faults,
    journal,
  );
}

function subjectOf(request: WireRequest): Record<string, string | undefined> {
  const content = readContent(readParameters(request));
  const read = (name: string) => (typeof content[name] === 'string' ? content[name] : undefined);
  return {
    outTradeNo: read('out_trade_no'),
    outRequestNo: read('out_request_no'),
    billDate: read('bill_date'),
  };
}

function handle(context: AlipayContext, request: WireRequest, fault: Fault | undefined): WireAnswer {
  const parameters = readParameters(request);
  const method = parameters.get('method') ?? '';
  const product = PAGES[method];
  if (product !== undefined) {
    return openPage(context, product, parameters);
  }
  const operation = OPERATIONS[method];
  const result =
    operation === undefined ? unknownMethod(method) : run(context, operation, parameters, request);
  return signAnswer(context, method, result, fault);
}

function unknownMethod(method: string): Record<string, unknown> {
  return describeError(
    method === ''
      ? new AlipayError('40001', 'isv.missing-method', '缺少方法名参数')
      : invalidArgument('isv.invalid-method', '不存在的方法名'),
  );
}

function run(
  context: AlipayContext,
  operation: Operation,
  parameters: ReadonlyMap<string, string>,
  request: WireRequest,
): Record<string, unknown> {
  try {
    authorize(context, parameters);
    const doubt = context.faults.take(PROVIDER, operation.operation, DOUBTS, subjectOf(request));
    const isApplied = doubt === undefined || doubt.kind.endsWith('_after_commit');
    const addresses = { notifyUrl: parameters.get('notify_url'), returnUrl: parameters.get('return_url') };
    const result = isApplied ? operation.run(context, readContent(parameters), addresses) : {};
    if (doubt !== undefined) {
      throw doubt.kind.startsWith('service')
        ? new AlipayError('20000', 'isp.unknow-error', '系统繁忙')
        : refused('SYSTEM_ERROR', '系统错误');
    }
    return { code: '10000', msg: 'Success', ...result };
  } catch (error) {
    if (error instanceof AlipayError) {
      return describeError(error);
    }
    throw error;
  }
}

/** The signature is over the member's value exactly as it is written, with slashes escaped as Alipay does. */
function signAnswer(
  context: AlipayContext,
  method: string,
  result: Record<string, unknown>,
  fault: Fault | undefined,
): WireAnswer {
  const node = JSON.stringify(result).replaceAll('/', '\\/');
  const { key, serialNumber } = signerOf(context, fault);
  const name = method === '' ? 'error_response' : `${method.replaceAll('.', '_')}_response`;
  const certificate = serialNumber === undefined ? '' : `"alipay_cert_sn":"${serialNumber}",`;
  return {
    status: 200,
    headers: { 'content-type': 'text/html;charset=utf-8' },
    body: `{${JSON.stringify(name)}:${node},${certificate}"sign":"${signRsa2(node, key)}"}`,
  };
}

/** A browser comes with the signed address; it is led to the buyer's phone, which logs in and pays. */
function openPage(
  context: AlipayContext,
  product: Product,
  parameters: ReadonlyMap<string, string>,
): WireAnswer {
  try {
    const { token, returnUrl } = openOrder(context, product, parameters);
    const back = returnUrl === null ? '' : `&redirect_url=${encodeURIComponent(returnUrl)}`;
    const location = `${context.addresses().control}/phone?alipay=${token}${back}`;
    return { status: 302, headers: { location }, body: '' };
  } catch (error) {
    if (error instanceof AlipayError) {
      const headers = { 'content-type': 'text/html;charset=utf-8' };
      return { status: 200, headers, body: `<title>${error.subCode}</title><p>${error.message}</p>` };
    }
    throw error;
  }
}

/** Checks a signed address as a browser would bring it. */
export function openOrder(
  context: AlipayContext,
  product: Product,
  parameters: ReadonlyMap<string, string>,
): Trade {
  authorize(context, parameters);
  const addresses = { notifyUrl: parameters.get('notify_url'), returnUrl: parameters.get('return_url') };
  return placeOrder(context, product, readContent(parameters), addresses);
}

/** The product of a signed address, or undefined where it is no page. */
export function productOf(parameters: ReadonlyMap<string, string>): Product | undefined {
  return PAGES[parameters.get('method') ?? ''];
}

function answerFault(context: AlipayContext, request: WireRequest, fault: Fault): WireAnswer {
  if (fault.kind === 'rate_limit') {
    const limited = describeError(new AlipayError('40005', 'isv.app-call-limited', '应用调用次数超限'));
    return signAnswer(context, readParameters(request).get('method') ?? '', limited, fault);
  }
  const headers = { 'content-type': 'text/html' };
  return { status: numberParam(fault, 'status', 500), headers, body: '<h1>Internal Server Error</h1>' };
}
