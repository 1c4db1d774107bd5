/** English and simplified Chinese: chosen by hand, or else by the device; the document and the server follow. */
import i18next, { type Resource } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { sharedEn, sharedZh } from './texts/shared.ts';

export type Language = 'en' | 'zh-CN';

const STORED_UNDER = 'suanpan.language';

type Texts = Readonly<Record<string, string>>;

function initialLanguage(): Language {
  const stored = localStorage.getItem(STORED_UNDER);
  if (stored === 'en' || stored === 'zh-CN') {
    return stored;
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

function applyToDocument(language: string, namespace: string): void {
  document.documentElement.lang = language;
  document.title = i18next.t(`${namespace}:documentTitle`);
}

/** Sets up the texts of one page set beside those that all share. */
export async function initLanguage(
  namespace: string,
  texts: Readonly<Record<Language, Texts>>,
): Promise<void> {
  const resources: Resource = {
    en: { shared: sharedEn, [namespace]: texts.en },
    'zh-CN': { shared: sharedZh, [namespace]: texts['zh-CN'] },
  };
  await i18next.use(initReactI18next).init({
    lng: initialLanguage(),
    fallbackLng: 'en',
    ns: ['shared', namespace],
    defaultNS: namespace,
    fallbackNS: 'shared',
    // Keys are flat: a dot in one is a dot.
    keySeparator: false,
    resources,
    interpolation: { escapeValue: false },
  });
  applyToDocument(i18next.language, namespace);
  i18next.on('languageChanged', (language) => applyToDocument(language, namespace));
}

export async function switchLanguage(): Promise<void> {
  const next: Language = i18next.language === 'en' ? 'zh-CN' : 'en';
  localStorage.setItem(STORED_UNDER, next);
  await i18next.changeLanguage(next);
}

/** The word for a value of the API, such as `order.pending`; the value itself where this page knows no word for it. */
export function wordFor(kind: string, value: string): string {
  const key = `${kind}.${value}`;
  return i18next.exists(key) ? i18next.t(key) : value.replaceAll('_', ' ');
}
