/**
 * The lines of a trade bill of WeChat Pay, whichever interface it comes through. Columns go by their names: which ones
 * there are depends on the merchant and on the year.
 */
import { scaleAmount } from '../kernel/money.ts';
import { parseBeijingTime } from './beijing-time.ts';
import type { BillRow } from './gateway.ts';

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

/** The merchant whose money it is: a service provider's bill names itself first, and `0` stands for no other. */
function merchantIn(find: (name: string) => string | undefined): string {
  const own = find('商户号');
  const served = find('特约商户号') ?? find('子商户号');
  const merchant = served === undefined || served === '' || served === '0' ? own : served;
  if (merchant === undefined) {
    throw new Error('the bill of WeChat Pay has no column 商户号');
  }
  return merchant;
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
  const occurredAt = parseBeijingTime(read('交易时间'));
  if (occurredAt === undefined) {
    throw new Error('the bill of WeChat Pay has a line without its time');
  }
  const common = {
    fee: toFen(find('手续费') ?? '') ?? null,
    occurredAt,
    merchantAccount: merchantIn(find),
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

/** The movements in the lines of a bill; its summary is left out. */
export async function* readRows(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<BillRow> {
  let columns: BillColumns | undefined;
  let isDetail = true;
  for await (const line of lines) {
    isDetail &&= !isSummary(line);
    if (!isDetail || line.trim() === '') {
      continue;
    }
    if (columns) {
      yield readLine(line, columns);
    } else {
      columns = readHeader(line);
    }
  }
}
