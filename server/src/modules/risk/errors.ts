import { defineError } from '../../kernel/errors.ts';

export const tooManyPaymentAttempts = defineError({
  code: 'too_many_payment_attempts',
  status: 429,
  message: {
    en: 'There were too many attempts to pay; please wait a while.',
    zh: '支付尝试过于频繁，请稍后再试。',
  },
});

export const reviewNotWaiting = defineError({
  code: 'review_not_waiting',
  status: 409,
  message: {
    en: 'This payment does not wait for a review any more.',
    zh: '该支付已不在待审核状态。',
  },
});
