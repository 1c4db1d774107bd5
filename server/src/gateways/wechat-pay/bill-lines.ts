/** The lines of a trade bill. Columns go by their names: which ones there are depends on the merchant and on the year. */
import { scaleAmount } from '../../kernel/money.ts';
import type { BillRow } from '../gateway.ts';

/** A bill words refund states differently from the interface; it is a snapshot that never changes. */
const REFUND_STATUSES: Readonly<Record<string, BillRow['status']>> = {
  SUCCESS: 'succeeded',
  PROCESSING: 'pending',
  CHANGE: 'pending',
  FAIL: 'failed',
};

const SUMMARY_BEGINS = '总交易单数';
const FEN_PER_YUAN = 100;

export type BillColumns = ReadonlyMap<string, number>;

export function readHeader(line: string): BillColumns {
  const names = line.replace(/^\ufeff/, '').split(',');
  return new Map(names.map((name, index) => [name.replace(/^`/, '').trim(), index]));
}

export function isSummary(line: string): boolean {
  return line.replace(/^`/, '').startsWith(SUMMARY_BEGINS);
}

/** Yuan with any number of decimals as fen, rounded half away from zero. Fees have five decimals. */
export function toFen(text: string): number | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,8}))?$/.exec(text.trim());
  if (!match) {
    return undefined;
  }
  const [, sign, whole = '', fraction = ''] = match;
  const fen = scaleAmount(Number(whole + fraction), FEN_PER_YUAN, 10 ** fraction.length);
  return sign ? 0 - fen : fen;
}

/** Every value stands behind a backtick, and may have commas in it. */
function splitLine(line: string): string[] {
  return line.replace(/^`/, '').split(',`');
}

/** Throws for a line that can not be read: a bill is taken as a whole or not at all. */
export function readLine(line: string, columns: BillColumns): BillRow {
  const values = splitLine(line);
  const find = (name: string): string | undefined => {
    const index = columns.get(name);
    return index === undefined ? undefined : values[index]?.trim();
  };
  const read = (...names: string[]): string => {
    const found = names.map(find).find((value) => value !== undefined);
    if (found === undefined) {
      throw new Error(`the bill of WeChat Pay has no column ${names.join(', ')}`);
    }
    return found;
  };
  const fen = (...names: string[]): number => {
    const amount = toFen(read(...names));
    if (amount === undefined) {
      throw new Error(`the bill of WeChat Pay has no amount in ${names.join(', ')}`);
    }
    return amount;
  };
  const occurredAt = Date.parse(`${read('交易时间').replace(' ', 'T')}+08:00`);
  if (Number.isNaN(occurredAt)) {
    throw new Error('the bill of WeChat Pay has a line without its time');
  }
  const common = {
    fee: toFen(find('手续费') ?? '') ?? null,
    occurredAt,
    merchantAccount: read('商户号'),
  };
  const currency = find('货币种类') || 'CNY';
  switch (read('交易状态')) {
    case 'REFUND':
      return {
        ...common,
        type: 'refund',
        number: read('商户退款单号'),
        paymentNumber: read('商户订单号'),
        transactionId: read('微信退款单号'),
        amount: { amount: fen('申请退款金额', '退款金额'), currency },
        status: REFUND_STATUSES[find('退款状态') || 'SUCCESS'] ?? 'pending',
      };
    case 'SUCCESS':
      return {
        ...common,
        type: 'payment',
        number: read('商户订单号'),
        paymentNumber: null,
        transactionId: read('微信订单号'),
        // What the order cost, not what is settled of it: coupons of WeChat Pay are between it and the payer.
        amount: { amount: fen('订单金额', '应结订单金额', '总金额'), currency },
        status: 'succeeded',
      };
    default:
      return {
        ...common,
        type: 'other',
        number: read('商户订单号'),
        paymentNumber: null,
        transactionId: read('微信订单号'),
        amount: { amount: fen('订单金额', '应结订单金额', '总金额'), currency },
        status: 'succeeded',
      };
  }
}
