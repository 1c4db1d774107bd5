import { defineError } from '../../kernel/errors.ts';

export const paymentMethodUnavailable = defineError({
  code: 'payment_method_unavailable',
  status: 422,
  message: {
    en: 'This way to pay is not available for this order.',
    zh: '该订单不支持此支付方式。',
  },
});

export const openidRequired = defineError({
  code: 'openid_required',
  status: 422,
  message: {
    en: 'This way to pay needs a WeChat login of the payer.',
    zh: '使用该支付方式前请先通过微信登录。',
  },
});

export const paymentNotValid = defineError({
  code: 'payment_not_valid',
  status: 422,
  message: { en: 'The payment provider would refuse this payment.', zh: '支付渠道不接受该支付请求。' },
});

export const paymentDeclined = defineError({
  code: 'payment_declined',
  status: 402,
  message: {
    en: 'The payment provider declined; the order can still be paid in another way.',
    zh: '支付渠道拒绝了本次支付，可换一种方式继续支付。',
  },
});

export const paymentClosed = defineError({
  code: 'payment_closed',
  status: 409,
  message: { en: 'This payment is closed.', zh: '该支付已关闭。' },
});

export const refundExceedsCaptured = defineError({
  code: 'refund_exceeds_captured',
  status: 409,
  message: {
    en: 'There is less left to refund than was asked for.',
    zh: '退款金额超过可退金额。',
  },
});

export const refundTooLate = defineError({
  code: 'refund_too_late',
  status: 409,
  message: {
    en: 'The payment is too old for its provider to refund it.',
    zh: '该支付已超过支付渠道的可退款期限。',
  },
});

export const refundLimitReached = defineError({
  code: 'refund_limit_reached',
  status: 409,
  message: {
    en: 'The provider allows no further refund of this payment.',
    zh: '该支付的退款次数已达支付渠道上限。',
  },
});

export const refundNotByHand = defineError({
  code: 'refund_not_by_hand',
  status: 409,
  message: {
    en: 'This refund is not one that a person pays.',
    zh: '该退款不属于人工打款的退款。',
  },
});

export const secondPersonRequired = defineError({
  code: 'second_person_required',
  status: 409,
  message: {
    en: 'Whoever promised a refund can not confirm that it was paid; somebody else must.',
    zh: '发起或批准退款的人不能确认打款，须由另一人确认。',
  },
});

export const refundNotFinishable = defineError({
  code: 'refund_not_finishable',
  status: 409,
  message: {
    en: 'Its provider has nothing to finish about this refund.',
    zh: '支付渠道不支持处理该笔异常退款。',
  },
});

export const refundNotAccepted = defineError({
  code: 'refund_not_accepted',
  status: 409,
  message: {
    en: 'The provider has not accepted it; check what was entered, or pay it by hand.',
    zh: '支付渠道未受理，请核对填写内容或改为人工打款。',
  },
});

export const disputeEnded = defineError({
  code: 'dispute_ended',
  status: 409,
  message: { en: 'This dispute is over.', zh: '该争议已结束。' },
});

export const eventNotReplayable = defineError({
  code: 'event_not_replayable',
  status: 409,
  message: {
    en: 'Only stored and quarantined events can be replayed.',
    zh: '仅可重放已暂存或已隔离的通知。',
  },
});

export const noMismatch = defineError({
  code: 'no_mismatch',
  status: 409,
  message: { en: 'There is no mismatch to decide on.', zh: '该支付没有待处理的差异。' },
});

export const mismatchNotAcceptable = defineError({
  code: 'mismatch_not_acceptable',
  status: 409,
  message: {
    en: 'Money in another currency, or at another merchant account, can not be decided here.',
    zh: '币种或商户号不符的款项无法在此处理。',
  },
});
