import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { type Fault, numberParam } from '../faults.ts';
import type { TradingContext, WeChatPayContext } from './context.ts';
import { invalidRequest, WeChatPayError } from './errors.ts';
import { checkNotifyUrl } from './prepay.ts';
import { abnormalRefundSchema, refundSchema } from './refund-schema.ts';
import { describeRefund, describeRefundNotice, newRefund, type Refund } from './refunds.ts';
import { check } from './rules.ts';
import { decryptField } from './signing.ts';
import type { Trade } from './trades.ts';

// Money goes back at most once for each out_refund_no, and never more than was paid: the reservation is a
// conditional update under a CHECK, in one transaction with the refund's row and the task that settles it.

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const SPACING_MS = 60_000;
const MAX_REFUNDS = 50;
const CHANGED = '订单金额或退款金额与之前请求不一致，请核实后再试';

/** Kinds of fault that decide what becomes of a refund. */
export const REFUND_FAULTS = [
  'refund_processing',
  'refund_abnormal',
  'refund_closed',
  'not_enough',
  'user_account_abnormal',
] as const;

const OUTCOMES: Record<string, Refund['outcome']> = { refund_abnormal: 'ABNORMAL', refund_closed: 'CLOSED' };

type RefundInput = z.infer<typeof refundSchema>;

/** Accepts a refund, or the same one again. Accepted is not refunded: the answer says PROCESSING. */
export function refundTrade(context: TradingContext, body: unknown): Record<string, unknown> {
  const input = check(refundSchema, body, 'body');
  if (input.notify_url !== undefined) {
    checkNotifyUrl(input.notify_url, context.strictNotifyUrl());
  }
  return context.store.transaction(() => {
    const trade = findTrade(context, input);
    const known = context.refunds.find(input.out_refund_no);
    if (known !== undefined) {
      return describeRefund(repeated(known, trade, input));
    }
    const fault = context.faults.take(context.provider, 'refund', REFUND_FAULTS, {
      outTradeNo: trade.outTradeNo,
      outRefundNo: input.out_refund_no,
    });
    refuseByFault(fault);
    refuseByRule(context, trade, input);
    return describeRefund(accept(context, trade, input, fault));
  });
}

function findTrade(context: TradingContext, input: RefundInput): Trade {
  const trade =
    input.transaction_id === undefined
      ? context.trades.find(input.out_trade_no ?? '')
      : context.trades.findByTransactionId(input.transaction_id);
  if (trade === undefined) {
    throw new WeChatPayError(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  }
  if (input.out_trade_no !== undefined && input.out_trade_no !== trade.outTradeNo) {
    throw invalidRequest('transaction_id与out_trade_no不匹配');
  }
  return trade;
}

function repeated(known: Refund, trade: Trade, input: RefundInput): Refund {
  const isSame =
    known.outTradeNo === trade.outTradeNo &&
    known.refund === input.amount.refund &&
    known.total === input.amount.total;
  if (!isSame) {
    throw invalidRequest(CHANGED);
  }
  return known;
}

function refuseByFault(fault: Fault | undefined): void {
  if (fault?.kind === 'not_enough') {
    throw new WeChatPayError(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
  }
  if (fault?.kind === 'user_account_abnormal') {
    throw new WeChatPayError(403, 'USER_ACCOUNT_ABNORMAL', '用户账号异常或注销');
  }
}

function refuseByRule(context: TradingContext, trade: Trade, input: RefundInput): void {
  const now = context.clock.now();
  if (trade.paidAt === null) {
    throw invalidRequest('订单未支付，不能申请退款');
  }
  if (input.amount.total !== trade.total) {
    throw invalidRequest(CHANGED);
  }
  if (now - trade.paidAt > YEAR_MS) {
    throw new WeChatPayError(403, 'TRADE_OVERDUE', '订单已经超过可退款的最大期限');
  }
  if (trade.refundCount >= MAX_REFUNDS) {
    throw invalidRequest(`一笔订单最多支持${MAX_REFUNDS}次部分退款`);
  }
  if (trade.lastRefundAt !== null && now - trade.lastRefundAt < context.clock.scale(SPACING_MS)) {
    throw new WeChatPayError(429, 'FREQUENCY_LIMITED', '同一笔订单多次退款需间隔1分钟');
  }
}

function accept(context: TradingContext, trade: Trade, input: RefundInput, fault: Fault | undefined): Refund {
  if (!context.trades.reserveRefund(trade.outTradeNo, input.amount.refund)) {
    throw invalidRequest('申请退款金额大于订单可退金额');
  }
  const now = context.clock.now();
  const refund = newRefund(
    trade,
    {
      outRefundNo: input.out_refund_no,
      refund: input.amount.refund,
      reason: input.reason ?? null,
      notifyUrl: input.notify_url ?? null,
      fundsAccount: input.funds_account ?? 'AVAILABLE',
      outcome: OUTCOMES[fault?.kind ?? ''] ?? 'SUCCESS',
      origin: 'api',
    },
    now,
  );
  context.refunds.insert(refund);
  const settleMs = context.refundSettleMs();
  scheduleSettlement(context, refund, fault === undefined ? settleMs : numberParam(fault, 'ms', settleMs));
  return refund;
}

/** Lets a refund end after a wait, which the time scale shortens. */
export function scheduleSettlement(context: TradingContext, refund: Refund, waitMs: number): void {
  const dueAt = context.clock.now() + context.clock.scale(waitMs);
  context.scheduler.schedule(`${context.provider}.settle-refund`, refund.outRefundNo, dueAt);
}

/** Ends a refund that is processing as planned, and tells the merchant. */
export function settleRefund(context: TradingContext, outRefundNo: string): void {
  context.store.transaction(() => {
    const planned = context.refunds.find(outRefundNo);
    if (planned === undefined) {
      return;
    }
    const succeededAt = planned.outcome === 'SUCCESS' ? context.clock.now() : null;
    if (!context.refunds.move(outRefundNo, 'PROCESSING', planned.outcome, succeededAt)) {
      return;
    }
    if (planned.outcome === 'CLOSED') {
      context.trades.releaseRefund(planned.outTradeNo, planned.refund);
    }
    notifyRefund(context, { ...planned, status: planned.outcome, succeededAt });
  });
}

/** A refund without an address of its own is told to the platform-configured one, in v2 XML. */
function notifyRefund(context: TradingContext, refund: Refund): void {
  const platformUrl = context.platformRefundNotifyUrl();
  const url = refund.notifyUrl ?? platformUrl;
  if (url === null) {
    return;
  }
  context.notifier.send({
    id: randomUUID(),
    provider: context.provider,
    eventType: refund.notifyUrl === null ? 'REFUND.V2' : `REFUND.${refund.status}`,
    subject: refund.outTradeNo,
    url,
    content: JSON.stringify(describeRefundNotice(refund)),
  });
}

export function registerRefundTasks(context: TradingContext): void {
  context.scheduler.register(`${context.provider}.settle-refund`, (task) =>
    settleRefund(context, task.subject),
  );
}

export function queryRefund(context: TradingContext, outRefundNo: string): Record<string, unknown> {
  const refund = context.refunds.find(outRefundNo);
  if (refund === undefined) {
    throw new WeChatPayError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  }
  return describeRefund(refund);
}

/** ABNORMAL → PROCESSING → SUCCESS, to a card of the buyer or of the merchant. */
export function retryAbnormalRefund(
  context: WeChatPayContext,
  refundId: string,
  body: unknown,
  serial: string | undefined,
): Record<string, unknown> {
  const input = check(abnormalRefundSchema, body, 'body');
  if (input.type === 'USER_BANK_CARD') {
    const key = context.ring.bySerial(serial);
    const fields = [input.bank_account, input.real_name];
    const isReadable = fields.every(
      (field) => key && field !== undefined && decryptField(field, key) !== undefined,
    );
    if (!isReadable || input.bank_type === undefined) {
      throw new WeChatPayError(400, 'PARAM_ERROR', '敏感信息解密失败，请检查Wechatpay-Serial与加密公钥');
    }
  }
  return context.store.transaction(() => {
    const refund = context.refunds.findByRefundId(refundId);
    if (refund === undefined || refund.outRefundNo !== input.out_refund_no) {
      throw new WeChatPayError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
    }
    if (!context.refunds.move(refund.outRefundNo, 'ABNORMAL', 'PROCESSING', null)) {
      throw invalidRequest('退款单状态不为退款异常');
    }
    context.refunds.plan(refund.outRefundNo, 'SUCCESS');
    scheduleSettlement(context, refund, context.refundSettleMs());
    return describeRefund({ ...refund, status: 'PROCESSING' });
  });
}
