import { defineError } from '../../kernel/errors.ts';

/** `details.lines` names each line that can not be had: `{variantId, requested, available}`. */
export const insufficientStock = defineError({
  code: 'insufficient_stock',
  status: 409,
  message: { en: 'There is not enough stock.', zh: '库存不足。' },
});

export const unknownStockItem = defineError({
  code: 'unknown_stock_item',
  status: 404,
  message: { en: 'There is no stock record of this variant.', zh: '未找到该规格的库存记录。' },
});

export const stockNotOnHand = defineError({
  code: 'stock_not_on_hand',
  status: 409,
  message: {
    en: 'The goods are not on the shelf; receive or count the stock first.',
    zh: '实物库存不足，请先入库或盘点。',
  },
});

export const tooManyReservations = defineError({
  code: 'too_many_reservations',
  status: 409,
  message: {
    en: 'You hold too many reservations; order or wait until one ends.',
    zh: '预留数量已达上限，请先下单或等待预留到期。',
  },
});
