import { defineError } from '../../kernel/errors.ts';

export const cashNotOutstanding = defineError({
  code: 'cash_not_outstanding',
  status: 409,
  message: {
    en: 'Some of this cash was not collected, was handed over already, or is of another currency.',
    zh: '部分款项尚未收取、已上缴或币种不同。',
  },
});

/** `details.expected` is what the collections sum to. */
export const cashSumDiffers = defineError({
  code: 'cash_sum_differs',
  status: 409,
  message: {
    en: 'The cash that was counted is not what these collections sum to.',
    zh: '清点金额与所选收款合计不一致。',
  },
});
