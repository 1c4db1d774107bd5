import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { WireAnswer } from '../wire.ts';
import { dayRange, toDate } from './beijing-time.ts';
import { balanceAfter, fundBill, tradeBill } from './bill-csv.ts';
import { type BillRow, collectRows, disturbRows } from './bill-rows.ts';
import type { TradingContext, WeChatPayContext } from './context.ts';
import { paramError, WeChatPayError } from './errors.ts';
import { check, oneOf, text } from './rules.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const KEPT_DAYS = 92;
/** The bill of a day is ready ten hours after its end. */
const READY_AFTER_MS = 10 * HOUR_MS;
const LINK_LIFE_MS = 5 * 60_000;

const billDate = text('账单日期', { max: 10 });
const tarType = oneOf('压缩类型', ['GZIP']).optional();
const tradeBillSchema = z.object({
  bill_date: billDate,
  bill_type: oneOf('账单类型', ['ALL', 'SUCCESS', 'REFUND']).default('ALL'),
  tar_type: tarType,
});
const fundBillSchema = z.object({
  bill_date: billDate,
  account_type: oneOf('资金账户类型', ['BASIC', 'OPERATION', 'FEES']).default('BASIC'),
  tar_type: tarType,
});

/** Prepares the trade bill of a day and answers where it can be fetched. */
export function requestTradeBill(context: WeChatPayContext, query: URLSearchParams): Record<string, string> {
  const input = check(tradeBillSchema, Object.fromEntries(query), 'query');
  const day = readableDay(context, input.bill_date);
  const rows = disturbRows(rowsBetween(context, day.start, day.end), { ...context, operation: 'tradebill' });
  const chosen =
    input.bill_type === 'ALL'
      ? rows
      : rows.filter((row) => (row.refund !== null) === (input.bill_type === 'REFUND'));
  if (chosen.length === 0) {
    throw noStatement();
  }
  return publish(context, tradeBill(input.bill_type, chosen), input.tar_type === 'GZIP');
}

/** Prepares the bill of the account's movements. Only the basic account moves here. */
export function requestFundBill(context: WeChatPayContext, query: URLSearchParams): Record<string, string> {
  const input = check(fundBillSchema, Object.fromEntries(query), 'query');
  const day = readableDay(context, input.bill_date);
  const rows = disturbRows(rowsBetween(context, day.start, day.end), {
    ...context,
    operation: 'fundflowbill',
  });
  if (rows.length === 0 || input.account_type !== 'BASIC') {
    throw noStatement();
  }
  const opening = balanceAfter(rowsBetween(context, 0, day.start));
  return publish(context, fundBill(rows, opening), input.tar_type === 'GZIP');
}

export function rowsBetween(context: TradingContext, start: number, end: number): BillRow[] {
  return collectRows(context.trades.paidBefore(end), context.refunds.createdBefore(end), start, end);
}

export function readableDay(context: TradingContext, date: string): { start: number; end: number } {
  const now = context.clock.now();
  const day = dayRange(date);
  if (day === undefined || date >= toDate(now) || day.start < now - KEPT_DAYS * DAY_MS) {
    throw paramError('输入源“/query/bill_date”映射到值字段“账单日期”不是可下载的日期', {
      field: 'bill_date',
      value: date,
      issue: 'a past day within three months is expected',
      location: 'query',
    });
  }
  if (now < day.end + READY_AFTER_MS) {
    throw new WeChatPayError(400, 'STATEMENT_CREATING', '账单生成中，请稍后再试');
  }
  return day;
}

function noStatement(): WeChatPayError {
  return new WeChatPayError(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
}

/** The hash is that of the file before compression. */
function publish(context: WeChatPayContext, content: string, isGzip: boolean): Record<string, string> {
  const token = context.bills.keep(content, isGzip, context.clock.now() + LINK_LIFE_MS);
  return {
    hash_type: 'SHA1',
    hash_value: createHash('sha1').update(content, 'utf8').digest('hex'),
    download_url: `${context.addresses().wechatPay}/v3/billdownload/file?token=${token}`,
  };
}

/** The file behind a link; links live five minutes and the answer is not signed. */
export function downloadBill(context: WeChatPayContext, query: URLSearchParams): WireAnswer {
  const bill = context.bills.find(query.get('token') ?? '');
  if (bill === undefined || bill.expiresAt < context.clock.now()) {
    throw new WeChatPayError(404, 'RESOURCE_NOT_EXISTS', '下载链接不存在或已过期');
  }
  const bytes = Buffer.from(bill.content, 'utf8');
  return bill.isGzip === 1
    ? { status: 200, headers: { 'content-type': 'application/x-gzip' }, body: gzipSync(bytes) }
    : { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: bytes };
}
