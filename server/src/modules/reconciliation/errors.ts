import { defineError } from '../../kernel/errors.ts';

/** Another process has begun the same day anew; what this one was doing is not wanted any more. */
export class RunOvertaken extends Error {
  constructor(runId: string) {
    super(`another process has begun ${runId} anew`);
    this.name = 'RunOvertaken';
  }
}

export const noSuchBill = defineError({
  code: 'no_such_bill',
  status: 422,
  message: {
    en: 'There is no bill of this day to be had from this provider.',
    zh: '该渠道无法提供该日期的账单。',
  },
});

export const differenceNotAskable = defineError({
  code: 'difference_not_askable',
  status: 409,
  message: {
    en: 'The provider can not be asked about this difference; settle it with a note.',
    zh: '该差异无法再次向渠道查询，请填写备注后处理。',
  },
});
