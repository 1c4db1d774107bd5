import { useTranslation } from 'react-i18next';
import type { CashRemittance } from '../../types/hand-books.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';

interface Fields {
  readonly reference?: string;
  readonly note?: string;
}

interface Props {
  readonly remittance: CashRemittance;
  readonly verb: 'confirm' | 'cancel';
  readonly onClose: () => void;
}

/** The cash has arrived, by the number of its slip; or the hand-over was recorded wrongly, and why. */
export function SettleDialog({ remittance, verb, onClose }: Props) {
  const { t } = useTranslation();
  const isArrival = verb === 'confirm';
  return (
    <ActDialog<Fields>
      title={t(isArrival ? 'cashArrived' : 'takeBack')}
      isDanger={!isArrival}
      toAct={(body) => ({ method: 'POST', path: `/admin/cash-remittances/${remittance.id}/${verb}`, body })}
      onClose={onClose}
    >
      {isArrival ? (
        <TextField name="reference" label={t('cashReference')} maxLength={100} autoFocus />
      ) : (
        <TextField name="note" label={t('note')} maxLength={500} rows={2} autoFocus />
      )}
    </ActDialog>
  );
}
