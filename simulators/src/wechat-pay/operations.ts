import { TRANSPORT_FAULTS, type WireAnswer, type WireRequest, type WireRoute } from '../wire.ts';
import { BILL_FAULTS } from './bill-rows.ts';
import { downloadBill, requestFundBill, requestTradeBill } from './bills.ts';
import { listCertificates } from './certificates.ts';
import { PROVIDER, type WeChatPayContext } from './context.ts';
import { DISTORTIONS, distort } from './distort.ts';
import { echo } from './echo.ts';
import { paramError, WeChatPayError } from './errors.ts';
import { NOTIFY_FAULTS } from './notifications.ts';
import { closeTrade } from './payments.ts';
import { prepay } from './prepay.ts';
import { queryRefund, REFUND_FAULTS, refundTrade, retryAbnormalRefund } from './refund-trade.ts';
import { check, group, parseBody, text } from './rules.ts';
import { describeTrade, type Product, type Trade } from './trades.ts';

/** An operation's result: a JSON body (null for 204), or a file that goes out as it is. */
export type OperationResult = { json: Record<string, unknown> | null } | { file: WireAnswer };

export interface Operation extends WireRoute {
  run(context: WeChatPayContext, request: WireRequest, mchid: string): OperationResult;
}

export const WECHAT_PAY_FAULTS = {
  prepay: TRANSPORT_FAULTS,
  query: [...TRANSPORT_FAULTS, ...DISTORTIONS],
  query_by_id: [...TRANSPORT_FAULTS, ...DISTORTIONS],
  close: [...TRANSPORT_FAULTS, 'paid_during_close', 'paid_after_close'],
  refund: [...TRANSPORT_FAULTS, ...REFUND_FAULTS],
  query_refund: [...TRANSPORT_FAULTS, 'wrong_amount', 'wrong_currency'],
  abnormal_refund: TRANSPORT_FAULTS,
  certificates: TRANSPORT_FAULTS,
  tradebill: [...TRANSPORT_FAULTS, ...BILL_FAULTS],
  fundflowbill: [...TRANSPORT_FAULTS, ...BILL_FAULTS],
  download_bill: TRANSPORT_FAULTS,
  echo: TRANSPORT_FAULTS,
  /** The buyer's own act, not an operation of the interface: a closed trade takes the money all the same. */
  pay: ['paid_after_close'],
  notify: NOTIFY_FAULTS,
} as const;

export const OPERATIONS: readonly Operation[] = [
  ...(['jsapi', 'native', 'h5', 'app'] as const).map(prepayOperation),
  {
    operation: 'query',
    method: 'GET',
    url: '/v3/pay/transactions/out-trade-no/:outTradeNo',
    subject: fromPath,
    run: (context, request, mchid) => {
      checkQueryMchid(request, mchid);
      return showTrade(context, 'query', context.trades.find(outTradeNoOf(request)));
    },
  },
  {
    operation: 'query_by_id',
    method: 'GET',
    url: '/v3/pay/transactions/id/:transactionId',
    subject: (request) => ({ transactionId: request.params.transactionId }),
    run: (context, request, mchid) => {
      checkQueryMchid(request, mchid);
      return showTrade(
        context,
        'query_by_id',
        context.trades.findByTransactionId(request.params.transactionId ?? ''),
      );
    },
  },
  {
    operation: 'close',
    method: 'POST',
    url: '/v3/pay/transactions/out-trade-no/:outTradeNo/close',
    subject: fromPath,
    run: (context, request, mchid) => {
      const body = parseBody(request.body);
      checkBodyMchid(check(closeSchema, body, 'body').mchid, mchid);
      closeTrade(context, outTradeNoOf(request));
      return { json: null };
    },
  },
  {
    operation: 'refund',
    method: 'POST',
    url: '/v3/refund/domestic/refunds',
    subject: fromBody,
    run: (context, request) => ({ json: refundTrade(context, parseBody(request.body)) }),
  },
  {
    operation: 'query_refund',
    method: 'GET',
    url: '/v3/refund/domestic/refunds/:id',
    subject: (request) => ({ outRefundNo: request.params.id }),
    run: (context, request) => {
      const outRefundNo = request.params.id ?? '';
      const fault = context.faults.take(PROVIDER, 'query_refund', DISTORTIONS, { outRefundNo });
      const plain = queryRefund(context, outRefundNo);
      return { json: fault === undefined ? plain : distort(plain, fault) };
    },
  },
  {
    operation: 'abnormal_refund',
    method: 'POST',
    url: '/v3/refund/domestic/refunds/:id/apply-abnormal-refund',
    subject: fromBody,
    run: (context, request) => ({
      json: retryAbnormalRefund(
        context,
        request.params.id ?? '',
        parseBody(request.body),
        request.headers['wechatpay-serial'],
      ),
    }),
  },
  {
    operation: 'certificates',
    method: 'GET',
    url: '/v3/certificates',
    subject: () => ({}),
    run: (context) => ({ json: listCertificates(context) }),
  },
  {
    operation: 'tradebill',
    method: 'GET',
    url: '/v3/bill/tradebill',
    subject: (request) => ({ billDate: request.query.get('bill_date') ?? undefined }),
    run: (context, request) => ({ json: requestTradeBill(context, request.query) }),
  },
  {
    operation: 'fundflowbill',
    method: 'GET',
    url: '/v3/bill/fundflowbill',
    subject: (request) => ({ billDate: request.query.get('bill_date') ?? undefined }),
    run: (context, request) => ({ json: requestFundBill(context, request.query) }),
  },
  {
    operation: 'download_bill',
    method: 'GET',
    url: '/v3/billdownload/file',
    subject: () => ({}),
    run: (context, request) => ({ file: downloadBill(context, request.query) }),
  },
  {
    operation: 'echo',
    method: 'POST',
    url: '/v3/security/echo',
    subject: () => ({}),
    run: (context, request) => ({
      json: echo(context, parseBody(request.body), request.headers['wechatpay-serial']),
    }),
  },
];

const closeSchema = group('关单请求', { mchid: text('直连商户号', { max: 32 }) });
const outTradeNoSchema = group('路径参数', {
  out_trade_no: text('商户订单号', { min: 6, max: 32, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
});

function prepayOperation(product: Product): Operation {
  return {
    operation: 'prepay',
    method: 'POST',
    url: `/v3/pay/transactions/${product}`,
    subject: fromBody,
    run: (context, request, mchid) => {
      const body = parseBody(request.body);
      if (typeof body.mchid === 'string') {
        checkBodyMchid(body.mchid, mchid);
      }
      return { json: prepay(context, product, body) };
    },
  };
}

function fromPath(request: WireRequest): Record<string, string | undefined> {
  return { outTradeNo: request.params.outTradeNo };
}

/** Fault plans are matched before a body is checked, so it may be anything. */
function fromBody(request: WireRequest): Record<string, string | undefined> {
  const read = (name: string) => new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(request.body)?.[1];
  return { outTradeNo: read('out_trade_no'), outRefundNo: read('out_refund_no') };
}

function outTradeNoOf(request: WireRequest): string {
  return check(outTradeNoSchema, { out_trade_no: request.params.outTradeNo }, 'uri_template').out_trade_no;
}

function showTrade(context: WeChatPayContext, operation: string, trade: Trade | undefined): OperationResult {
  if (trade === undefined) {
    throw new WeChatPayError(404, 'ORDER_NOT_EXIST', '订单不存在');
  }
  const fault = context.faults.take(PROVIDER, operation, DISTORTIONS, {
    outTradeNo: trade.outTradeNo,
    transactionId: trade.transactionId ?? undefined,
  });
  const plain = describeTrade(trade);
  return { json: fault === undefined ? plain : distort(plain, fault) };
}

function checkQueryMchid(request: WireRequest, mchid: string): void {
  const value = request.query.get('mchid');
  if (value === mchid) {
    return;
  }
  throw paramError('输入源“/query/mchid”映射到值字段“直连商户号”与签名的商户号不一致', {
    field: 'mchid',
    value,
    issue: 'not the mchid of the Authorization header',
    location: 'query',
  });
}

function checkBodyMchid(value: string, mchid: string): void {
  if (value === mchid) {
    return;
  }
  throw paramError('输入源“/body/mchid”映射到值字段“直连商户号”与签名的商户号不一致', {
    field: '/mchid',
    value,
    issue: 'not the mchid of the Authorization header',
    location: 'body',
  });
}
