import { useTranslation } from 'react-i18next';

/** An address of a provider's page; `undefined` for anything that is none. */
export function pageOf(parameters: Readonly<Record<string, string>>): string | undefined {
  const url = URL.parse(parameters.redirectUrl ?? parameters.h5Url ?? '');
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}

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
