import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import icon from '../icon.svg';
import { switchLanguage } from '../language.ts';

/** Header and content, the same in the shop and at the cashier. */
export function Frame({ links, children }: { readonly links?: ReactNode; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <>
      <header className="header">
        <div className="header-inner">
          <a className="brand" href="/shop/">
            <img src={icon} alt="" width="28" height="28" />
            {t('brand')}
          </a>
          <nav>
            {links}
            <button type="button" className="link" onClick={switchLanguage}>
              {t('otherLanguage')}
            </button>
          </nav>
        </div>
      </header>
      <main className="main">{children}</main>
    </>
  );
}
