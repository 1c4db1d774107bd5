import { Alert, Checkbox, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatMoney, parseMoney } from '../../money.ts';
import type { StaffOrder } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

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
  const isAmount = (_rule: unknown, text: string | undefined) =>
    (parseMoney(text ?? '', currency) ?? 0) > 0
      ? Promise.resolve()
      : Promise.reject(new Error(t('notAnAmount')));
  return (
    <>
      <p className="faint">{t('collectHint', { amount: formatMoney(total, currency, i18n.language) })}</p>
      <Form.Item
        name="collectedAmount"
        label={t('collectedAmount', { currency })}
        rules={[{ validator: isAmount }]}
      >
        <Input inputMode="decimal" autoFocus />
      </Form.Item>
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
      <Form.Item name="carrier" label={t('carrier')}>
        <Input maxLength={100} autoFocus />
      </Form.Item>
      <Form.Item name="trackingNumber" label={t('trackingNumber')}>
        <Input maxLength={100} />
      </Form.Item>
    </>
  );
}

/** Asks for what a step needs: carrier and number, whether goods came back whole, or why the order is cancelled. */
export function StepDialog({ order, step, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<StepFields>();
  const act = useAct({ onDone: onClose });
  const isCancelling = step === 'cancelled';
  const save = (fields: StepFields) =>
    act.mutate({
      method: 'PATCH',
      path: `/orders/${order.id}/status`,
      body: toBody(step, fields, order.currency),
    });
  return (
    <Modal
      open
      title={t(`act.${step}`)}
      okText={t(`act.${step}`)}
      okButtonProps={{ danger: isCancelling }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={save}>
        {step === 'shipped' && <ShippingFields />}
        {isCollecting(order, step) && <CollectFields order={order} />}
        {step === 'returned' && (
          <Form.Item name="restock" valuePropName="checked" initialValue={true}>
            <Checkbox>{t('restock')}</Checkbox>
          </Form.Item>
        )}
        {step !== 'shipped' && (
          <Form.Item
            name="note"
            label={t('reason')}
            rules={[{ required: isCancelling, whitespace: true, message: t('required') }]}
          >
            <Input.TextArea rows={2} maxLength={500} autoFocus={isCancelling} />
          </Form.Item>
        )}
        {isCancelling && order.paymentStatus !== 'unpaid' && (
          <Alert type="info" showIcon title={t('cancelHint')} />
        )}
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
