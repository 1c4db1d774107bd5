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

export const returnUrlNotAllowed = defineError({
  code: 'return_url_not_allowed',
  status: 422,
  message: {
    en: 'The payer can only be sent back to a page of this shop.',
    zh: '支付完成后只能返回本商城的页面。',
  },
});

export const paymentProcessing = defineError({
  code: 'payment_processing',
  status: 409,
  message: {
    en: 'The provider is still working on the payment that was begun; please wait for its result.',
    zh: '上一笔支付正在处理中，请等待结果。',
  },
});

export const paymentUnderReview = defineError({
  code: 'payment_under_review',
  status: 409,
  message: {
    en: 'The payment is being reviewed; you can go on as soon as that is done.',
    zh: '该支付正在人工审核，审核通过后即可继续支付。',
  },
});

export const notUnderReview = defineError({
  code: 'not_under_review',
  status: 409,
  message: { en: 'This payment is not waiting for a review.', zh: '该支付不在待审核状态。' },
});

export const notByHand = defineError({
  code: 'not_by_hand',
  status: 409,
  message: {
    en: 'The money of this payment is recorded by its provider, not by people.',
    zh: '该支付由支付渠道确认，不能人工入账。',
  },
});

export const amountDiffers = defineError({
  code: 'amount_differs',
  status: 409,
  message: {
    en: 'This is not the amount that is owed.',
    zh: '金额与应付金额不符。',
  },
});

export const captureNotPossible = defineError({
  code: 'capture_not_possible',
  status: 409,
  message: {
    en: 'Nothing is held for this payment that could be captured.',
    zh: '该支付没有可请款的预授权金额。',
  },
});

export const voidNotPossible = defineError({
  code: 'void_not_possible',
  status: 409,
  message: {
    en: 'Nothing is held for this payment, or it is being captured.',
    zh: '该支付没有预授权，或正在请款，无法撤销。',
  },
});

export const captureExceedsAuthorised = defineError({
  code: 'capture_exceeds_authorised',
  status: 409,
  message: { en: 'Less is left of what is held than was asked for.', zh: '请款金额超过剩余的预授权金额。' },
});

export const captureMustBeFinal = defineError({
  code: 'capture_must_be_final',
  status: 409,
  message: {
    en: 'This provider captures a hold only once: what is left is let go.',
    zh: '该支付渠道只支持一次请款，剩余金额将被释放。',
  },
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
    en: 'Whoever began this can not confirm it; somebody else must.',
    zh: '经办人不能自行确认，须由另一人确认。',
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

export const refundBeingFinished = defineError({
  code: 'refund_being_finished',
  status: 409,
  message: {
    en: 'Its provider is being told how to finish this refund; wait until that is known to be over.',
    zh: '该笔异常退款正由支付渠道处理，请待处理结果明确后再操作。',
  },
});

export const refundNotPaidOut = defineError({
  code: 'refund_not_paid_out',
  status: 409,
  message: {
    en: 'Nobody has paid this refund by hand, or it has come back already.',
    zh: '该退款未经人工打款，或打款已被退回。',
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
    en: 'This can not be done with money in another currency, at another merchant account, or of nothing.',
    zh: '币种或商户号不符、或金额为零的款项不能这样处理。',
  },
});

/** By whoever reviews attempts, before one is opened. */
export const tooManyPaymentAttempts = defineError({
  code: 'too_many_payment_attempts',
  status: 429,
  message: {
    en: 'There were too many attempts to pay; please wait a while.',
    zh: '支付尝试过于频繁，请稍后再试。',
  },
});
