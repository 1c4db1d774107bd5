import { dayRange, toBillTime, toDate } from '../wechat-pay/beijing-time.ts';
import type { WireAnswer } from '../wire.ts';
import { type BillRow, collectRows, disturbRows } from './bill-rows.ts';
import { billSchema, check } from './content.ts';
import { type AlipayContext, materialOf } from './context.ts';
import { AlipayError } from './errors.ts';
import { encodeGbk } from './gbk.ts';
import { buyerIdOf, yuan } from './trades.ts';
import { zip } from './zip.ts';

// The form of Alipay's bills: two tables in GBK, comments begin with `#`, every cell but the last ends in a tab, refunds
// and what Alipay keeps are negative.

const HOUR_MS = 60 * 60 * 1000;
/** The bill of a day is ready ten hours after its end. */
const READY_AFTER_MS = 10 * HOUR_MS;
const LINK_LIFE_MS = 30_000;
const RULE = '#-----------------------------------------';

const COLUMNS = [
  ...['支付宝交易号', '商户订单号', '业务类型', '商品名称', '创建时间', '完成时间', '门店编号', '门店名称'],
  ...['操作员', '终端号', '对方账户', '订单金额（元）', '商家实收（元）', '支付宝红包（元）', '集分宝（元）'],
  ...['支付宝优惠（元）', '商家优惠（元）', '券核销金额（元）', '券名称', '商家红包消费金额（元）'],
  ...['卡消费金额（元）', '退款批次号/请求号', '服务费（元）', '分润（元）', '备注'],
];
const SUMMARY = [
  ...['门店编号', '门店名称', '交易订单总笔数', '退款订单总笔数', '订单金额（元）', '商家实收（元）'],
  ...[
    '支付宝优惠（元）',
    '商家优惠（元）',
    '卡消费金额（元）',
    '服务费（元）',
    '分润（元）',
    '实收净额（元）',
  ],
];

/** Prepares the bill of a day and answers where it can be fetched. */
export function requestBill(context: AlipayContext, content: unknown): Record<string, unknown> {
  const input = check(billSchema, content);
  const now = context.clock.now();
  const day = dayRange(input.bill_date);
  if (day === undefined || input.bill_date >= toDate(now) || input.bill_type !== 'trade') {
    throw new AlipayError('40004', 'isv.invalid-arguments', '参数有误');
  }
  const rows = collectRows(
    context.trades.paidBefore(day.end),
    context.refunds.doneBefore(day.end),
    day.start,
    day.end,
  );
  if (now < day.end + READY_AFTER_MS || rows.length === 0) {
    throw new AlipayError('40004', 'isp.bill_not_exist', '账单不存在');
  }
  const archive = pack(context, input.bill_date, disturbRows(rows, context.faults));
  const token = context.links.keep(archive, now + LINK_LIFE_MS);
  return { bill_download_url: `${context.addresses().alipay}/bill/download?token=${token}` };
}

/** The archive behind a link; links live half a minute and the answer is not signed. */
export function downloadBill(context: AlipayContext, query: URLSearchParams): WireAnswer {
  const bill = context.links.find(query.get('token') ?? '');
  if (bill === undefined || bill.expiresAt < context.clock.now()) {
    return { status: 403, headers: { 'content-type': 'text/html' }, body: 'download link expired' };
  }
  const headers = { 'content-type': 'application/octet-stream' };
  return { status: 200, headers, body: Buffer.from(bill.archive) };
}

function pack(context: AlipayContext, date: string, rows: BillRow[]): Buffer {
  const { sellerId } = materialOf(context);
  const stem = `${sellerId}0156_${date.replaceAll('-', '')}_业务明细`;
  return zip([
    { name: encodeGbk(`${stem}.csv`), content: encodeGbk(movements(sellerId, date, rows)) },
    { name: encodeGbk(`${stem}(汇总).csv`), content: encodeGbk(summary(sellerId, date, rows)) },
  ]);
}

function frame(kind: string, sellerId: string, date: string): string[] {
  return [
    `#支付宝业务${kind}查询`,
    `#账号：[${sellerId}0156]`,
    `#起始日期：[${date} 00:00:00]   终止日期：[${date} 24:00:00]`,
    `${RULE}业务${kind}列表----------------------------------------`,
  ];
}

function movements(sellerId: string, date: string, rows: BillRow[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => cellsOf(row)[column] ?? '').join('\t,'));
  return [
    ...frame('明细', sellerId, date),
    COLUMNS.join(','),
    ...lines,
    `${RULE}业务明细列表结束------------------------------------`,
    `#导出时间：[${date} 24:00:00]`,
    '',
  ].join('\r\n');
}

function cellsOf({ trade, refund, amount, fee, at }: BillRow): Record<string, string> {
  const signed = yuan(refund === null ? amount : 0 - amount);
  return {
    支付宝交易号: trade.tradeNo ?? '',
    商户订单号: trade.outTradeNo,
    业务类型: refund === null ? '交易' : '退款',
    商品名称: trade.description.replaceAll(',', ' '),
    创建时间: toBillTime(trade.scannedAt ?? trade.createdAt),
    完成时间: toBillTime(at),
    对方账户: `*晓(${buyerIdOf(trade.payerId ?? '').slice(0, 7)}****)`,
    '订单金额（元）': signed,
    '商家实收（元）': signed,
    '支付宝红包（元）': '0.00',
    '集分宝（元）': '0.00',
    '支付宝优惠（元）': '0.00',
    '商家优惠（元）': '0.00',
    '券核销金额（元）': '0.00',
    '商家红包消费金额（元）': '0.00',
    '卡消费金额（元）': '0.00',
    '退款批次号/请求号': refund?.outRequestNo ?? '',
    '服务费（元）': yuan(0 - fee),
    '分润（元）': '0.00',
    备注: refund === null ? '' : '退款',
  };
}

function summary(sellerId: string, date: string, rows: BillRow[]): string {
  const sum = (pick: (row: BillRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  const signed = sum(({ refund, amount }) => (refund === null ? amount : 0 - amount));
  const fees = sum(({ fee }) => 0 - fee);
  const count = (isRefund: boolean) => rows.filter(({ refund }) => (refund !== null) === isRefund).length;
  const cells = [
    ...['合计', '', String(count(false)), String(count(true)), yuan(signed), yuan(signed)],
    ...['0.00', '0.00', '0.00', yuan(fees), '0.00', yuan(signed + fees)],
  ];
  return [...frame('汇总', sellerId, date), SUMMARY.join(','), cells.join('\t,'), `${RULE}结束`, ''].join(
    '\r\n',
  );
}
