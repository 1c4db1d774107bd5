import { defineError } from '../../kernel/errors.ts';

/** `details.refundable` is what can be refunded, in minor units; `details.unspentCoin` are the coins that it is for. */
export const coinsSpent = defineError({
  code: 'coins_spent',
  status: 409,
  message: {
    en: 'Coins of this order were spent, and what is spent is not refunded.',
    zh: '该订单的金币已被使用，已使用部分不可退款。',
  },
});
