import { defineError } from '../../kernel/errors.ts';

export const bankAccountUnknown = defineError({
  code: 'bank_account_unknown',
  status: 422,
  message: { en: 'The shop has no bank account of this id.', zh: '未配置该编号的银行账户。' },
});

/** `details.missing` names them. */
export const statementColumnsMissing = defineError({
  code: 'statement_columns_missing',
  status: 422,
  message: {
    en: 'No line of the file names the columns of a bank statement.',
    zh: '文件中找不到银行流水的列标题。',
  },
});

export const statementUnreadable = defineError({
  code: 'statement_unreadable',
  status: 422,
  message: {
    en: 'The file is not readable as CSV in UTF-8 or GBK.',
    zh: '文件不是 UTF-8 或 GBK 编码的 CSV。',
  },
});

export const statementEmpty = defineError({
  code: 'statement_empty',
  status: 422,
  message: { en: 'The statement has no lines.', zh: '流水文件中没有数据。' },
});

/** `details.reason` is one of the reasons for which lines are not matched. */
export const lineDoesNotFit = defineError({
  code: 'line_does_not_fit',
  status: 409,
  message: {
    en: 'The line does not fit: amount and currency must be exact, and no other line may stand for the same payment or refund.',
    zh: '该流水不符：金额和币种须完全一致，且对应的支付或退款未被其他流水占用。',
  },
});

/** `details.refundIds` names the refunds, the oldest first. */
export const lineMayBeReturnedPayout = defineError({
  code: 'line_may_be_returned_payout',
  status: 409,
  message: {
    en: 'As much was paid out by hand for this purchase, and the bank may have sent it back: assign the line to that refund, or say that it is new money.',
    zh: '该笔交易有金额相同的人工退款，此流水可能是银行退回的打款：请指定到该退款，或说明这是新的来款。',
  },
});
