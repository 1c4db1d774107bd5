/** What the report of an import says about a line, in both languages. */
import type { LocalizedText } from '../../kernel/errors.ts';

/** What is wrong with a line of the file, counted from 1. */
export interface Problem {
  readonly line: number;
  readonly text: LocalizedText;
}

const text = (en: string, zh: string): LocalizedText => ({ en, zh });

export const messages = {
  badDate: (value: string) =>
    text(
      `"${value}" is no day, or one that is not here yet; choose the form of dates of this bank.`,
      `"${value}" 不是有效日期或尚未到来，请选择该银行的日期格式。`,
    ),
  badAmount: (value: string, currency: string) =>
    text(`"${value}" is no amount of ${currency}.`, `"${value}" 不是有效的 ${currency} 金额。`),
  otherCurrency: (found: string, expected: string) =>
    text(
      `The line is in ${found}, the account in ${expected}.`,
      `该行币种为 ${found}，账户币种为 ${expected}。`,
    ),
  changed: text(
    'This movement was imported before with another amount or day; it stays as it was.',
    '该笔流水此前已导入，但金额或日期不同；保留原记录。',
  ),
  notImported: text(
    'Nothing was imported: mend the lines that are wrong, and import the file again.',
    '未导入任何数据：请更正有误的行后重新导入。',
  ),
};
