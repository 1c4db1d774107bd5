import { Alert, Checkbox, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { StaffOrder } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

interface StepFields {
  readonly carrier?: string;
  readonly trackingNumber?: string;
  readonly note?: string;
  readonly restock?: boolean;
}

interface Props {
  readonly order: StaffOrder;
  /** `shipped`, `returned` or `cancelled`. */
  readonly step: string;
  readonly onClose: () => void;
}

/** Fields that were left empty are not sent. */
function toBody(step: string, fields: StepFields): Record<string, unknown> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return { status: step, ...Object.fromEntries(given) };
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
    act.mutate({ method: 'PATCH', path: `/orders/${order.id}/status`, body: toBody(step, fields) });
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
