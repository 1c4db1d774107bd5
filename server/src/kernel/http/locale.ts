import type { Locale } from '../errors.ts';

/** The first of our languages that Accept-Language prefers; English without one. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  if (acceptLanguage === undefined) {
    return 'en';
  }
  const wanted = acceptLanguage
    .split(',')
    .map((part, index) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
      return {
        language: tag.toLowerCase().split('-')[0],
        quality: quality === undefined ? 1 : Number(quality),
        index,
      };
    })
    .sort((a, b) => b.quality - a.quality || a.index - b.index);
  const best = wanted.find(({ language }) => language === 'zh' || language === 'en');
  return best?.language === 'zh' ? 'zh' : 'en';
}
