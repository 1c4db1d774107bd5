/** The texts of the console, by page. A key stands in one part only; a test says which does not. */
import type { Language } from '../language.ts';
import { consoleCustomersEn, consoleCustomersZh } from './console-customers.ts';
import { consoleEn } from './console-en.ts';
import { handBooksEn, handBooksZh } from './console-hand-books.ts';
import { consoleRefundsEn, consoleRefundsZh } from './console-refunds.ts';
import { consoleRiskEn, consoleRiskZh } from './console-risk.ts';
import { consoleTopupsEn, consoleTopupsZh } from './console-topups.ts';
import { consoleWalletEn, consoleWalletZh } from './console-wallet.ts';
import { consoleWordsEn, consoleWordsZh } from './console-words.ts';
import { consoleZh } from './console-zh.ts';
import { reconciliationEn, reconciliationZh } from './reconciliation.ts';

type Texts = Readonly<Record<string, string>>;

export const CONSOLE_PARTS: readonly Readonly<Record<Language, Texts>>[] = [
  { en: consoleEn, 'zh-CN': consoleZh },
  { en: consoleWordsEn, 'zh-CN': consoleWordsZh },
  { en: handBooksEn, 'zh-CN': handBooksZh },
  { en: consoleRefundsEn, 'zh-CN': consoleRefundsZh },
  { en: consoleRiskEn, 'zh-CN': consoleRiskZh },
  { en: consoleTopupsEn, 'zh-CN': consoleTopupsZh },
  { en: consoleCustomersEn, 'zh-CN': consoleCustomersZh },
  { en: consoleWalletEn, 'zh-CN': consoleWalletZh },
  { en: reconciliationEn, 'zh-CN': reconciliationZh },
];

const join = (language: Language): Texts =>
  Object.assign({}, ...CONSOLE_PARTS.map((part) => part[language])) as Texts;

export const consoleTexts: Readonly<Record<Language, Texts>> = { en: join('en'), 'zh-CN': join('zh-CN') };
