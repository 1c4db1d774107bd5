import { Form, Input, Modal, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { parseMoney } from '../../money.ts';
import type { StaffOrder } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

interface RefundFields {
  readonly extent: 'all' | 'part';
  readonly amount?: string;
  readonly reason: string;
}

/** Returns money of an order, in full or in part. How much is left is the server's to know and to refuse. */
export function RefundDialog({
  order,
  onClose,
}: {
  readonly order: StaffOrder;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<RefundFields>();
  const extent = Form.useWatch('extent', form);
  const act = useAct({ onDone: onClose });
  const { currency } = order;
  const save = ({ extent: wanted, amount, reason }: RefundFields) =>
    act.mutate({
      method: 'POST',
      path: `/orders/${order.id}/refunds`,
      body: { reason, ...(wanted === 'part' && { amount: parseMoney(amount ?? '', currency) }) },
    });
  const isAmount = (_rule: unknown, text: string | undefined) =>
    (parseMoney(text ?? '', currency) ?? 0) > 0
      ? Promise.resolve()
      : Promise.reject(new Error(t('notAnAmount')));
  return (
    <Modal
      open
      title={t('refund')}
      okText={t('refund')}
      okButtonProps={{ danger: true }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={{ extent: 'all' }} onFinish={save}>
        <p className="faint">{t('refundHint')}</p>
        <Form.Item name="extent">
          <Radio.Group
            options={[
              { value: 'all', label: t('refundAll') },
              { value: 'part', label: t('refundPart') },
            ]}
          />
        </Form.Item>
        {extent === 'part' && (
          <Form.Item name="amount" label={t('refundAmount', { currency })} rules={[{ validator: isAmount }]}>
            <Input inputMode="decimal" autoFocus />
          </Form.Item>
        )}
        <Form.Item
          name="reason"
          label={t('reason')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input maxLength={80} />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
