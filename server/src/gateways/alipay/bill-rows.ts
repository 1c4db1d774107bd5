/** The lines of Alipay's bill of a day (`业务明细`), in our words. */

import { parseBeijingTime } from '../beijing-time.ts';
import type { BillRow } from '../gateway.ts';
import { providerRefundIdOf } from './refund-reading.ts';
import { readAmount } from './trade.ts';

/** The columns that we read, found by their names in the header. */
export const COLUMNS = {
  tradeNumber: '支付宝交易号',
  ourNumber: '商户订单号',
  type: '业务类型',
  finishedAt: '完成时间',
  amount: '订单金额（元）',
  requestNumber: '退款批次号/请求号',
  fee: '服务费（元）',
} as const;

export type Column = keyof typeof COLUMNS;

const TYPES: Readonly<Record<string, BillRow['type']>> = { 交易: 'payment', 退款: 'refund' };

/** A signed amount in fen; refunds and fees that we pay are negative. */
function readSigned(text: string): number | undefined {
  const magnitude = readAmount(text.replace(/^[-+]/, ''))?.amount;
  return magnitude === undefined || !text.startsWith('-') ? magnitude : 0 - magnitude;
}

/** Throws for a line that says less than its kind must: a bill that is read in part would hide money. */
export function toBillRow(cells: Readonly<Record<Column, string>>, merchantAccount: string): BillRow {
  const amount = readSigned(cells.amount);
  const fee = cells.fee === '' ? null : readSigned(cells.fee);
  const occurredAt = parseBeijingTime(cells.finishedAt);
  if (amount === undefined || fee === undefined || occurredAt === undefined || cells.tradeNumber === '') {
    throw new Error(`a line of Alipay's bill can not be read: ${Object.values(cells).join(' | ')}`);
  }
  const type = TYPES[cells.type] ?? 'other';
  const isRefund = type === 'refund';
  const number = isRefund && cells.requestNumber !== '' ? cells.requestNumber : cells.ourNumber;
  return {
    type,
    number: number === '' ? null : number,
    paymentNumber: isRefund ? cells.ourNumber : null,
    transactionId: isRefund ? providerRefundIdOf(cells.tradeNumber, number) : cells.tradeNumber,
    amount: { amount: Math.abs(amount), currency: 'CNY' },
    fee: fee === null || fee === 0 ? fee : 0 - fee,
    status: 'succeeded',
    occurredAt,
    merchantAccount,
  };
}
