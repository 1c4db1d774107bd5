import { toBillTime } from './beijing-time.ts';
import { type BillRow, FEE_BASIS_POINTS, feeOf } from './bill-rows.ts';
import type { RefundStatus } from './refunds.ts';
import { TRADE_TYPES } from './trades.ts';

// The form of WeChat's bills: every value behind a backtick, amounts in yuan, lines ended by CR LF,
// detail rows under their header and one summary row under its own.

export type BillType = 'ALL' | 'SUCCESS' | 'REFUND';

const BEFORE = [
  ...['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号', '用户标识'],
  ...['交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额'],
];
const REFUND_TIMES = ['退款申请时间', '退款成功时间'];
const REFUND_COLUMNS = ['微信退款单号', '商户退款单号', '退款金额', '充值券退款金额', '退款类型', '退款状态'];
const COMMON = ['商品名称', '商户数据包', '手续费', '费率', '订单金额'];

const COLUMNS: Record<BillType, string[]> = {
  ALL: [...BEFORE, ...REFUND_COLUMNS, ...COMMON, '申请退款金额', '费率备注'],
  SUCCESS: [...BEFORE, ...COMMON, '费率备注'],
  REFUND: [...BEFORE, ...REFUND_TIMES, ...REFUND_COLUMNS, ...COMMON, '申请退款金额', '费率备注'],
};

const SUMMARY = [
  '总交易单数',
  '应结订单总金额',
  '退款总金额',
  '充值券退款总金额',
  '手续费总金额',
  '订单总金额',
  '申请退款总金额',
];

const FUND_COLUMNS = [
  ...['记账时间', '微信支付业务单号', '资金流水单号', '业务名称', '业务类型', '收支类型', '收支金额(元)'],
  ...['账户结余(元)', '资金变更提交申请人', '备注', '业务凭证号'],
];
const FUND_SUMMARY = ['资金流水总笔数', '收入笔数', '收入金额', '支出笔数', '支出金额'];

/** Bills word refund states differently from the interface. */
const BILL_STATUS: Record<RefundStatus, string> = {
  PROCESSING: 'PROCESSING',
  SUCCESS: 'SUCCESS',
  ABNORMAL: 'CHANGE',
  CLOSED: 'FAIL',
};

/** Fen as yuan with two decimals, without passing through a float. */
export function yuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Who stands between a merchant and WeChat Pay; its bill names itself first. */
export interface ServiceProvider {
  mchid: string;
  appid: string;
}

export function tradeBill(type: BillType, rows: BillRow[], provider?: ServiceProvider): string {
  const chosen = rows.filter((row) => type === 'ALL' || (type === 'REFUND') === (row.refund !== null));
  const sum = (pick: (row: BillRow) => number) => yuan(chosen.reduce((total, row) => total + pick(row), 0));
  const paid = (row: BillRow) => (row.refund === null ? row.amount : 0);
  const returned = (row: BillRow) => (row.refund === null ? 0 : row.amount);
  return csv([
    COLUMNS[type],
    ...chosen.map((row) => values(COLUMNS[type], tradeCells(row, provider))),
    SUMMARY,
    [
      String(chosen.length),
      sum(paid),
      sum(returned),
      '0.00',
      `${sum((row) => row.fee)}000`,
      sum(paid),
      sum(returned),
    ].map(tick),
  ]);
}

function tradeCells(row: BillRow, provider: ServiceProvider | undefined): Record<string, string> {
  const { trade, refund } = row;
  const paid = refund === null ? yuan(row.amount) : '0.00';
  return {
    交易时间: toBillTime(row.at),
    公众账号ID: provider?.appid ?? trade.appid,
    商户号: provider?.mchid ?? trade.mchid,
    特约商户号: provider === undefined ? '0' : trade.mchid,
    设备号: trade.deviceId ?? '',
    微信订单号: trade.transactionId ?? '',
    商户订单号: trade.outTradeNo,
    用户标识: trade.paidOpenid ?? '',
    交易类型: TRADE_TYPES[trade.product],
    交易状态: refund === null ? 'SUCCESS' : 'REFUND',
    付款银行: trade.bankType ?? 'OTHERS',
    货币种类: trade.currency,
    应结订单金额: paid,
    代金券金额: '0.00',
    退款申请时间: refund === null ? '' : toBillTime(refund.createdAt),
    退款成功时间: refund?.succeededAt ? toBillTime(refund.succeededAt) : '',
    微信退款单号: refund?.refundId ?? '0',
    商户退款单号: refund?.outRefundNo ?? '0',
    退款金额: refund === null ? '0.00' : yuan(row.amount),
    充值券退款金额: '0.00',
    退款类型: refund === null ? '' : 'ORIGINAL',
    退款状态: refund === null ? '' : BILL_STATUS[refund.status],
    商品名称: trade.description,
    商户数据包: trade.attach ?? '',
    手续费: `${yuan(row.fee)}000`,
    费率: `${yuan(FEE_BASIS_POINTS)}%`,
    订单金额: paid,
    申请退款金额: refund === null ? '0.00' : yuan(row.amount),
    费率备注: '',
  };
}

/** Movements of the merchant's account: a payment comes in and its fee goes out, a refund goes out net of fee. */
export function fundBill(rows: BillRow[], openingBalance: number): string {
  let balance = openingBalance;
  const movements = rows.flatMap((row, index) => {
    const entries = row.refund === null ? paymentEntries(row) : [refundEntry(row)];
    return entries
      .filter((entry) => entry.amount !== 0)
      .map((entry, part) => {
        balance += entry.amount;
        return { ...entry, row, balance, flow: `${row.trade.transactionId ?? ''}${index}${part}` };
      });
  });
  const sumOf = (chosen: { amount: number }[]) =>
    yuan(Math.abs(chosen.reduce((sum, entry) => sum + entry.amount, 0)));
  const income = movements.filter((entry) => entry.amount > 0);
  const expense = movements.filter((entry) => entry.amount < 0);
  return csv([
    FUND_COLUMNS,
    ...movements.map((entry) =>
      [
        ...[
          toBillTime(entry.row.at),
          entry.row.trade.transactionId ?? '',
          entry.flow,
          entry.name,
          entry.name,
        ],
        ...[
          entry.amount > 0 ? '收入' : '支出',
          yuan(Math.abs(entry.amount)),
          yuan(entry.balance),
          'system',
          '',
        ],
        entry.row.refund?.outRefundNo ?? entry.row.trade.outTradeNo,
      ].map(tick),
    ),
    FUND_SUMMARY,
    [
      String(movements.length),
      String(income.length),
      sumOf(income),
      String(expense.length),
      sumOf(expense),
    ].map(tick),
  ]);
}

function paymentEntries(row: BillRow): { name: string; amount: number }[] {
  return [
    { name: '交易', amount: row.amount },
    { name: '扣除交易手续费', amount: -row.fee },
  ];
}

function refundEntry(row: BillRow): { name: string; amount: number } {
  // The fee of a refund row is negative: what is given back lessens what goes out.
  return { name: '退款', amount: row.refund?.status === 'CLOSED' ? 0 : -(row.amount + row.fee) };
}

/** What was on the account after these rows. */
export function balanceAfter(rows: BillRow[]): number {
  return rows.reduce((sum, row) => {
    if (row.refund === null) {
      return sum + row.amount - feeOf(row.amount);
    }
    return sum + refundEntry(row).amount;
  }, 0);
}

function values(columns: string[], cells: Record<string, string>): string[] {
  return columns.map((column) => tick(cells[column] ?? ''));
}

function tick(value: string): string {
  return `\`${value.replace(/[\r\n]/g, ' ')}`;
}

function csv(lines: string[][]): string {
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}
