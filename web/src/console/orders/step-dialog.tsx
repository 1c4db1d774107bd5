import { Alert, Checkbox, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatMoney, parseMoney } from '../../money.ts';
import type { StaffOrder } from '../../types/operations.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, TextField } from '../fields.tsx';

interface StepFields {
  readonly carrier?: string;
  readonly trackingNumber?: string;
  readonly note?: string;
  readonly restock?: boolean;
  readonly collectedAmount?: string;
  readonly acceptsDifference?: boolean;
}

interface Props {
  readonly order: StaffOrder;
  /** `shipped`, `returned` or `cancelled`; `delivered` or `completed` where money is collected. */
  readonly step: string;
  readonly onClose: () => void;
}

/** Whether this step hands over goods that are paid on delivery. */
export function isCollecting(order: StaffOrder, step: string): boolean {
  const handsOver = step === 'delivered' || (step === 'completed' && order.status === 'processing');
  return handsOver && order.paymentStatus === 'unpaid';
}

/** Fields that were left empty are not sent. */
function toBody(step: string, { collectedAmount, ...fields }: StepFields, currency: string) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return {
    status: step,
    ...Object.fromEntries(given),
    ...(collectedAmount !== undefined && { collectedAmount: parseMoney(collectedAmount, currency) }),
  };
}

function CollectFields({ order }: { readonly order: StaffOrder }) {
  const { t, i18n } = useTranslation();
  const { currency, total } = order;
  return (
    <>
      <p className="faint">{t('collectHint', { amount: formatMoney(total, currency, i18n.language) })}</p>
      <AmountField name="collectedAmount" label={t('collectedAmount', { currency })} currency={currency} />
      <Form.Item name="acceptsDifference" valuePropName="checked">
        <Checkbox>{t('acceptsDifference')}</Checkbox>
      </Form.Item>
    </>
  );
}

function ShippingFields() {
  const { t } = useTranslation();
  return (
    <>
      <TextField name="carrier" label={t('carrier')} isRequired={false} maxLength={100} autoFocus />
      <TextField name="trackingNumber" label={t('trackingNumber')} isRequired={false} maxLength={100} />
    </>
  );
}

/** Asks for what a step needs: carrier and number, whether goods came back whole, or why the order is cancelled. */
export function StepDialog({ order, step, onClose }: Props) {
  const { t } = useTranslation();
  const isCancelling = step === 'cancelled';
  return (
    <ActDialog<StepFields>
      title={t(`act.${step}`)}
      isDanger={isCancelling}
      toAct={(fields) => ({
        method: 'PATCH',
        path: `/orders/${order.id}/status`,
        body: toBody(step, fields, order.currency),
      })}
      onClose={onClose}
    >
      {step === 'shipped' && <ShippingFields />}
      {isCollecting(order, step) && <CollectFields order={order} />}
      {step === 'returned' && (
        <Form.Item name="restock" valuePropName="checked" initialValue={true}>
          <Checkbox>{t('restock')}</Checkbox>
        </Form.Item>
      )}
      {step !== 'shipped' && (
        <TextField
          name="note"
          label={t('reason')}
          isRequired={isCancelling}
          maxLength={500}
          rows={2}
          autoFocus={isCancelling}
        />
      )}
      {isCancelling && order.paymentStatus !== 'unpaid' && (
        <Alert type="info" showIcon title={t('cancelHint')} />
      )}
    </ActDialog>
  );
}
