import { useTranslation } from 'react-i18next';
import { CopyText } from '../light/copy-text.tsx';
import { formatMoment } from '../moments.ts';
import type { StartedPayment } from '../types/orders.ts';

const FIELDS = ['accountName', 'bankName', 'accountNumber', 'iban', 'bic'] as const;

/** Where to transfer the money, and the code by which it is found; in development the simulated bank is linked. */
export function BankInstructions({
  payment,
  phoneUrl,
}: {
  readonly payment: StartedPayment;
  readonly phoneUrl: string | undefined;
}) {
  const { t, i18n } = useTranslation();
  const { remittanceCode = '', amount = '', currency = '', ...parameters } = payment.parameters;
  const bank = new URLSearchParams({ code: remittanceCode, amount, currency }).toString();
  return (
    <div className="instructions">
      <p>{t('transferHint')}</p>
      <dl>
        <CopyText label={t('remittanceCode')} text={remittanceCode} />
        <CopyText label={t('transferAmount')} text={amount} shown={`${amount} ${currency}`} />
        {FIELDS.flatMap((name) => {
          const text = parameters[name];
          return text === undefined ? [] : [<CopyText key={name} label={t(name)} text={text} />];
        })}
      </dl>
      <p className="note">{t('transferCodeHint')}</p>
      <p className="quiet">{t('transferUntil', { at: formatMoment(payment.expiresAt, i18n.language) })}</p>
      {phoneUrl !== undefined && (
        <a
          className="button secondary wide"
          href={`${phoneUrl.replace(/\/phone$/, '/bank')}?${bank}`}
          target="_blank"
          rel="noopener"
        >
          {t('openBank')}
        </a>
      )}
    </div>
  );
}
