import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import icon from '../icon.svg';
import { switchLanguage } from '../language.ts';

interface Props {
  /** Links to the parts of a page set; on small screens a row of their own. */
  readonly sections?: ReactNode;
  readonly links?: ReactNode;
  readonly children: ReactNode;
}

/** Header and content, the same in the shop and at the cashier. */
export function Frame({ sections, links, children }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <header className="header">
        <div className="header-inner">
          <a className="brand" href="/shop/">
            <img src={icon} alt="" width="28" height="28" />
            {t('brand')}
          </a>
          {sections !== undefined && <nav className="sections">{sections}</nav>}
          <nav className="tools">
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
