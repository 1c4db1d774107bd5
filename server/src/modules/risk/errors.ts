import { defineError } from '../../kernel/errors.ts';

export const tooManyPaymentAttempts = defineError({
  code: 'too_many_payment_attempts',
  status: 429,
  message: {
    en: 'There were too many attempts to pay; please wait a while.',
    zh: '支付尝试过于频繁，请稍后再试。',
  },
});
