import { defineError } from '../../kernel/errors.ts';

export const topupNumberUnknown = defineError({
  code: 'topup_number_unknown',
  status: 422,
  message: {
    en: 'This is not a number of an operator whose top-ups are sold here.',
    zh: '该号码不属于本店支持充值的运营商。',
  },
});

export const topupNumberRefused = defineError({
  code: 'topup_number_refused',
  status: 422,
  message: {
    en: 'The operator does not sell top-ups for this number.',
    zh: '运营商不支持为该号码充值。',
  },
});

export const topupUnavailable = defineError({
  code: 'topup_unavailable',
  status: 422,
  message: {
    en: 'This top-up is not on sale for this number.',
    zh: '该号码不支持此充值产品。',
  },
});

export const topupNotUndecided = defineError({
  code: 'topup_not_undecided',
  status: 409,
  message: {
    en: 'What became of this top-up is known, or not yet given up as unknown.',
    zh: '该充值的结果已确定，或尚未判定为未知。',
  },
});

export const topupNotFailed = defineError({
  code: 'topup_not_failed',
  status: 409,
  message: {
    en: 'Only a top-up that failed, and whose money has not been returned, is refunded here.',
    zh: '仅充值失败且尚未退款的订单可在此退款。',
  },
});

export const topupRateJump = defineError({
  code: 'topup_rate_jump',
  status: 409,
  message: {
    en: 'This rate changes every price by more than a fifth. Confirm that it is meant.',
    zh: '该汇率会使所有价格变动超过五分之一，请确认无误。',
  },
});
