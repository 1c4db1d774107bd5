import { useTranslation } from 'react-i18next';

/** The payer goes on at the provider and comes back to this page. */
export function RedirectPayment({ url }: { readonly url: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t('redirectHint')}</p>
      <a className="button wide" href={url}>
        {t('goOn')}
      </a>
    </>
  );
}
