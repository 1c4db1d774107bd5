import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { Pagination } from '../types/page.ts';

/** Links to the pages before and after; nothing where there is only one. */
export function Pager({ pagination: { page, pages } }: { readonly pagination: Pagination }) {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  if (pages <= 1) {
    return null;
  }
  const to = (number: number) => {
    const next = new URLSearchParams(parameters);
    next.set('page', String(number));
    return `?${next.toString()}`;
  };
  return (
    <nav className="pager">
      {page > 1 ? (
        <Link className="button secondary" to={to(page - 1)}>
          {t('previousPage')}
        </Link>
      ) : (
        <span />
      )}
      <span className="quiet">{t('pageOf', { page, pages })}</span>
      {page < pages ? (
        <Link className="button secondary" to={to(page + 1)}>
          {t('nextPage')}
        </Link>
      ) : (
        <span />
      )}
    </nav>
  );
}
