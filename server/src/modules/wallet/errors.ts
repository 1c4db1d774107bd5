import { defineError } from '../../kernel/errors.ts';

/** `details.available` is what can be spent, in minor units. */
export const insufficientBalance = defineError({
  code: 'insufficient_balance',
  status: 409,
  message: { en: 'The balance does not cover this.', zh: '余额不足。' },
});

export const walletReferenceUsed = defineError({
  code: 'wallet_reference_used',
  status: 409,
  message: {
    en: 'This reference stands for another hold or payment of this wallet.',
    zh: '该业务单号已用于此钱包的其他冻结或扣款。',
  },
});

export const settleExceedsHold = defineError({
  code: 'settle_exceeds_hold',
  status: 409,
  message: { en: 'More than was held can not be settled.', zh: '结算金额超过冻结金额。' },
});

export const adjustmentOwn = defineError({
  code: 'adjustment_own',
  status: 409,
  message: {
    en: 'Somebody else must decide about this adjustment.',
    zh: '该调整须由另一位工作人员审批。',
  },
});

export const receivableOwn = defineError({
  code: 'receivable_own',
  status: 409,
  message: {
    en: 'Somebody else must give up what you owe.',
    zh: '您本人的欠款须由另一位工作人员免除。',
  },
});
