import { useTranslation } from 'react-i18next';
import { formatMoney, parseMoney } from '../../money.ts';
import type { CashCollection } from '../../types/hand-books.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, given, TextField } from '../fields.tsx';

interface Fields {
  readonly courier: string;
  readonly amount: string;
  readonly note?: string;
}

interface Props {
  /** All of one currency. */
  readonly collections: readonly CashCollection[];
  readonly onClose: () => void;
}

/** Records that a courier has handed over the cash of these orders; the sum is counted and typed, not taken over. */
export function HandOverDialog({ collections, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const currency = collections[0]?.currency ?? '';
  const sum = collections.reduce((total, { amount }) => total + amount, 0);
  return (
    <ActDialog<Fields>
      title={t('handOver')}
      verb={t('save')}
      toAct={({ courier, amount, note }) => ({
        method: 'POST',
        path: '/admin/cash-remittances',
        body: {
          courier,
          currency,
          amount: parseMoney(amount, currency),
          paymentIds: collections.map(({ paymentId }) => paymentId),
          ...(given(note) !== undefined && { note: given(note) }),
        },
      })}
      onClose={onClose}
    >
      <p className="faint">{t('expectedSum', { amount: formatMoney(sum, currency, i18n.language) })}</p>
      <TextField name="courier" label={t('courier')} maxLength={100} autoFocus />
      <AmountField
        name="amount"
        label={t('countedAmount', { currency })}
        currency={currency}
        autoFocus={false}
      />
      <TextField name="note" label={t('noteOptional')} isRequired={false} maxLength={500} rows={2} />
    </ActDialog>
  );
}
