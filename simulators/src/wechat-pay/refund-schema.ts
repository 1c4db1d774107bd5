import { z } from 'zod';
import { group, integer, oneOf, text } from './rules.ts';

const outRefundNo = text('商户退款单号', { max: 64, pattern: /^[0-9A-Za-z_\-|*@]+$/ });

export const refundSchema = group('退款请求', {
  transaction_id: text('微信支付订单号', { max: 32 }).optional(),
  out_trade_no: text('商户订单号', { min: 6, max: 32 }).optional(),
  out_refund_no: outRefundNo,
  reason: text('退款原因', { max: 80 }).optional(),
  notify_url: text('退款结果回调url', { max: 256 }).optional(),
  funds_account: oneOf('退款资金来源', ['AVAILABLE', 'UNSETTLED']).optional(),
  amount: group('金额信息', {
    refund: integer('退款金额', 1),
    total: integer('原订单金额', 1),
    currency: oneOf('退款币种', ['CNY']),
    from: z
      .array(
        group('退款出资账户', {
          account: oneOf('出资账户类型', ['AVAILABLE', 'UNAVAILABLE']),
          amount: integer('出资金额', 1),
        }),
      )
      .optional(),
  }),
  goods_detail: z.array(z.record(z.string(), z.unknown())).optional(),
}).refine((input) => input.transaction_id !== undefined || input.out_trade_no !== undefined, {
  path: ['out_trade_no'],
  error: '商户订单号”必填性规则校验失败，微信支付订单号与商户订单号二选一',
});

export const abnormalRefundSchema = group('异常退款请求', {
  out_refund_no: outRefundNo,
  type: oneOf('异常退款处理方式', ['USER_BANK_CARD', 'MERCHANT_BANK_CARD']),
  bank_type: text('开户银行', { max: 16 }).optional(),
  bank_account: text('收款银行卡号', { max: 1024 }).optional(),
  real_name: text('收款用户姓名', { max: 1024 }).optional(),
});
