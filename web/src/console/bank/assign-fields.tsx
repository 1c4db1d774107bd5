import { Checkbox, Form, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import type { StatementLine } from '../../types/hand-books.ts';
import { given, TextField } from '../fields.tsx';

/** What a person may say that a line is. */
export interface AssignFieldValues {
  readonly what?: 'payment' | 'refund';
  readonly payment?: string;
  readonly refund?: string;
  readonly acceptsDifference?: boolean;
  readonly isNewMoney?: boolean;
  readonly note: string;
}

/** The words of the API for it. */
export function toAssignment(fields: AssignFieldValues): object {
  const { what, payment, refund, acceptsDifference = false, isNewMoney = false, note } = fields;
  if (what === 'refund') {
    return { refundId: given(refund), note };
  }
  const text = given(payment) ?? '';
  const named = text.startsWith('pay_') ? { paymentId: text } : { remittanceCode: text };
  return { ...named, acceptsDifference, ...(isNewMoney && { isNewMoney }), note };
}

interface Props {
  readonly line: StatementLine;
  /** The refunds of which the server thinks that this may be the payout. */
  readonly doubtful: readonly string[];
}

/** Money that came in is a payment, or a payout of ours that came back; what went out took a payment back. */
export function AssignFields({ line, doubtful }: Props) {
  const { t } = useTranslation();
  const what: unknown = Form.useWatch('what');
  const isIncoming = line.amount > 0;
  return (
    <>
      {isIncoming && (
        <Form.Item name="what" label={t('whatIsLine')}>
          <Radio.Group
            options={[
              { value: 'payment', label: t('lineIsPayment') },
              { value: 'refund', label: t('lineIsReturnedPayout') },
            ]}
          />
        </Form.Item>
      )}
      {what === 'refund' ? (
        <TextField name="refund" label={t('refundId')} maxLength={64} extra={t('returnedPayoutHint')} />
      ) : (
        <>
          <TextField name="payment" label={t('paymentOrCode')} maxLength={100} autoFocus />
          {isIncoming && (
            <Form.Item name="acceptsDifference" valuePropName="checked">
              <Checkbox>{t('acceptsLineDifference')}</Checkbox>
            </Form.Item>
          )}
          {doubtful.length > 0 && (
            <Form.Item name="isNewMoney" valuePropName="checked" extra={doubtful.join(', ')}>
              <Checkbox>{t('lineIsNewMoney')}</Checkbox>
            </Form.Item>
          )}
        </>
      )}
    </>
  );
}
