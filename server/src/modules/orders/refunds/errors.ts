import { defineError } from '../../../kernel/errors.ts';

export const refundAlreadyRequested = defineError({
  code: 'refund_already_requested',
  status: 409,
  message: {
    en: 'A refund of this order has been asked for already and waits for an answer.',
    zh: '该订单已有待处理的退款申请。',
  },
});

/** `details.position` and `details.left` say of which line how many are left. */
export const refundQuantityExceeded = defineError({
  code: 'refund_quantity_exceeded',
  status: 409,
  message: { en: 'Fewer units of a line are left to refund.', zh: '退款数量超过该商品的可退数量。' },
});

export const refundAboveRequest = defineError({
  code: 'refund_above_request',
  status: 409,
  message: { en: 'That is more than was asked for.', zh: '批准金额超过申请金额。' },
});

export const orderNotShipped = defineError({
  code: 'order_not_shipped',
  status: 409,
  message: {
    en: 'Nothing of this order has gone out that could come back; cancel the order instead.',
    zh: '订单尚未发货，没有可退回的商品，请改为取消订单。',
  },
});
