import { defineError } from '../../kernel/errors.ts';

export const variantUnavailable = defineError({
  code: 'variant_unavailable',
  status: 409,
  message: { en: 'Something in the order is not for sale.', zh: '订单中有商品已下架或不可售。' },
});

/** `details.lines` and `details.total` say what it costs now. */
export const priceChanged = defineError({
  code: 'price_changed',
  status: 409,
  message: { en: 'A price is not the one that was sent.', zh: '商品价格已变化，请确认后重新提交。' },
});

export const currencyMixed = defineError({
  code: 'currency_mixed',
  status: 422,
  message: { en: 'All lines of an order must be in one currency.', zh: '同一订单的商品必须使用同一币种。' },
});

export const orderTooLarge = defineError({
  code: 'order_too_large',
  status: 422,
  message: { en: 'The order is too large.', zh: '订单金额过大。' },
});

export const shippingAddressRequired = defineError({
  code: 'shipping_address_required',
  status: 422,
  message: { en: 'These goods need a shipping address.', zh: '该订单需要填写收货地址。' },
});

export const tooManyUnpaidOrders = defineError({
  code: 'too_many_unpaid_orders',
  status: 429,
  message: {
    en: 'You have too many unpaid orders; please pay or cancel one first.',
    zh: '未付款订单过多，请先付款或取消订单。',
  },
});

export const orderClosed = defineError({
  code: 'order_closed',
  status: 409,
  message: { en: 'The order is closed.', zh: '订单已关闭。' },
});

export const orderExpiring = defineError({
  code: 'order_expiring',
  status: 409,
  message: { en: 'The time to pay this order is over.', zh: '订单即将超时关闭，无法再发起支付。' },
});

export const orderAlreadyPaid = defineError({
  code: 'order_already_paid',
  status: 409,
  message: { en: 'The order is paid already.', zh: '订单已支付。' },
});

export const orderPaidOnDelivery = defineError({
  code: 'order_paid_on_delivery',
  status: 409,
  message: {
    en: 'The order is paid when it is handed over. To pay in another way, cancel it and order again.',
    zh: '该订单为货到付款。如需改用其他支付方式，请取消后重新下单。',
  },
});

export const orderClosing = defineError({
  code: 'order_closing',
  status: 409,
  message: { en: 'The order is being closed or cancelled.', zh: '订单正在关闭或取消中。' },
});

export const orderRefunded = defineError({
  code: 'order_refunded',
  status: 409,
  message: {
    en: 'The money of this order has been or is being returned, so it is not delivered.',
    zh: '订单已退款或正在退款，无法继续发货。',
  },
});

export const deliveryUndecided = defineError({
  code: 'delivery_undecided',
  status: 409,
  message: {
    en: 'It is being delivered, or not yet known whether it was; its money can not be returned now.',
    zh: '订单正在发放，或尚不确定是否已发放，暂不能退款。',
  },
});

export const refundMustBeFull = defineError({
  code: 'refund_must_be_full',
  status: 409,
  message: {
    en: 'Before it is delivered, such an order is refunded in full.',
    zh: '此类订单在发放前只能全额退款。',
  },
});

export const collectedAmountRequired = defineError({
  code: 'collected_amount_required',
  status: 422,
  message: {
    en: 'The order is paid on delivery: say by collectedAmount what was collected.',
    zh: '该订单为货到付款，请填写实收金额 collectedAmount。',
  },
});

export const nothingToCollect = defineError({
  code: 'nothing_to_collect',
  status: 422,
  message: {
    en: 'There is nothing to collect for this order.',
    zh: '该订单没有待收款项。',
  },
});

export const payerAppRequired = defineError({
  code: 'payer_app_required',
  status: 422,
  message: {
    en: 'Say by appId in which app you are paying.',
    zh: '请通过 appId 指明在哪个应用中支付。',
  },
});

export const payerUnknown = defineError({
  code: 'payer_unknown',
  status: 422,
  message: {
    en: 'This way to pay needs a login through the app that you pay in.',
    zh: '该支付方式需要先在对应应用中登录。',
  },
});
