import { Form, Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { COIN, parseMoney } from '../../money.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, TextField } from '../fields.tsx';

interface Fields {
  readonly customerId: string;
  readonly direction: 'give' | 'take';
  readonly bucket: 'paid' | 'gift';
  readonly amount: string;
  /** A day, of gifts only. */
  readonly until?: string;
  readonly reason: string;
}

interface Props {
  /** Whose wallet; asked for where it is not known. */
  readonly customerId?: string;
  readonly onClose: () => void;
}

function toBody({ customerId, direction, bucket, amount, until, reason }: Fields) {
  const coins = parseMoney(amount, COIN) ?? 0;
  const isEnding = bucket === 'gift' && direction === 'give' && until !== undefined && until !== '';
  return {
    ...{ customerId: customerId.trim(), bucket, reason },
    amount: direction === 'give' ? coins : 0 - coins,
    // The end of that day, as the clock of whoever gives it has it.
    ...(isEnding && { expiresAt: new Date(`${until}T23:59:59.999`).toISOString() }),
  };
}

/** Only what is given as a gift can end. */
function UntilField() {
  const { t } = useTranslation();
  const bucket: unknown = Form.useWatch('bucket');
  const direction: unknown = Form.useWatch('direction');
  return bucket === 'gift' && direction === 'give' ? (
    <Form.Item name="until" label={t('giftUntil')}>
      <Input type="date" />
    </Form.Item>
  ) : null;
}

/** Puts a wallet right by some coins. Beyond the limit of a day it waits for a second person. */
export function AdjustDialog({ customerId, onClose }: Props) {
  const { t } = useTranslation();
  const choices = (name: string, values: readonly string[]) => (
    <Form.Item name={name} label={t(`adjust.${name}`)}>
      <Radio.Group options={values.map((value) => ({ value, label: t(`adjust.${value}`) }))} />
    </Form.Item>
  );
  return (
    <ActDialog<Fields>
      title={t('adjustWallet')}
      verb={t('save')}
      initialValues={{ direction: 'give', bucket: 'paid', ...(customerId !== undefined && { customerId }) }}
      toAct={(fields) => ({
        method: 'POST',
        path: '/admin/wallet-adjustments',
        body: toBody({ ...fields, customerId: customerId ?? fields.customerId }),
      })}
      onClose={onClose}
    >
      <p className="faint">{t('adjustHint')}</p>
      {customerId === undefined && (
        <TextField name="customerId" label={t('customerId')} maxLength={64} autoFocus />
      )}
      {choices('direction', ['give', 'take'])}
      {choices('bucket', ['paid', 'gift'])}
      <AmountField
        name="amount"
        label={t('coinAmount')}
        currency={COIN}
        autoFocus={customerId !== undefined}
      />
      <UntilField />
      <TextField name="reason" label={t('reason')} maxLength={500} rows={2} />
    </ActDialog>
  );
}
