import { textParam } from '../faults.ts';
import { TRANSPORT_FAULTS } from '../wire.ts';
import { BILL_FAULTS } from './bill-rows.ts';
import { requestBill } from './bills.ts';
import { type AlipayContext, PROVIDER } from './context.ts';
import { findTrade } from './find-trade.ts';
import { NOTIFY_FAULTS } from './notifications.ts';
import { type OrderAddresses, placeOrder } from './orders.ts';
import { cancelTrade, closeTrade } from './payments.ts';
import { queryRefund, REFUND_FAULTS, refundTrade } from './refund-trade.ts';
import { describeTrade } from './trades.ts';

export interface Operation {
  /** The name that fault plans use. */
  operation: string;
  run(context: AlipayContext, content: unknown, addresses: OrderAddresses): Record<string, unknown>;
}

/** Words that leave open what became of a request; with `_after_commit` it was applied all the same. */
export const DOUBTS = [
  'service_unavailable',
  'service_unavailable_after_commit',
  'system_error',
  'system_error_after_commit',
] as const;

/** By the value of the parameter `method`; pages are not here, because a browser opens them. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'alipay.trade.precreate': {
    operation: 'precreate',
    run(context, content, addresses) {
      const { outTradeNo, token } = placeOrder(context, 'qr', content, addresses);
      return { out_trade_no: outTradeNo, qr_code: token };
    },
  },
  'alipay.trade.query': {
    operation: 'query',
    run(context, content) {
      const trade = findTrade(context, content);
      const { outTradeNo } = trade;
      const fault = context.faults.take(PROVIDER, 'query', ['wrong_amount'], { outTradeNo });
      const plain = describeTrade(trade);
      return fault === undefined ? plain : { ...plain, total_amount: textParam(fault, 'total', '0.01') };
    },
  },
  'alipay.trade.close': { operation: 'close', run: closeTrade },
  'alipay.trade.cancel': { operation: 'cancel', run: cancelTrade },
  'alipay.trade.refund': { operation: 'refund', run: refundTrade },
  'alipay.trade.fastpay.refund.query': {
    operation: 'query_refund',
    run(context, content) {
      const plain = queryRefund(context, content);
      const fault = context.faults.take(PROVIDER, 'query_refund', ['wrong_amount'], {
        outTradeNo: String(plain.out_trade_no),
      });
      return fault === undefined ? plain : { ...plain, refund_amount: textParam(fault, 'refund', '0.01') };
    },
  },
  'alipay.data.dataservice.bill.downloadurl.query': { operation: 'bill', run: requestBill },
};

const ALL = [...TRANSPORT_FAULTS, ...DOUBTS];

export const ALIPAY_FAULTS = {
  precreate: ALL,
  query: [...ALL, 'wrong_amount'],
  close: [...ALL, 'paid_during_close', 'paid_after_close'],
  cancel: [...ALL, 'paid_during_close', 'paid_after_close'],
  refund: [...ALL, ...REFUND_FAULTS],
  query_refund: [...ALL, 'wrong_amount'],
  bill: [...ALL, ...BILL_FAULTS],
  page: TRANSPORT_FAULTS,
  download_bill: TRANSPORT_FAULTS,
  /** The buyer's own act, not an operation of the interface: a dead order takes the money all the same. */
  pay: ['paid_after_close'],
  notify: NOTIFY_FAULTS,
} as const;
