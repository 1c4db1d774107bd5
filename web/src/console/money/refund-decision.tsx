import { Checkbox, Form, Input, InputNumber, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { parseMoney, toDecimal } from '../../money.ts';
import type { StaffRefundRequest } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

interface Props {
  readonly request: StaffRefundRequest;
  readonly onClose: () => void;
}

interface Approval {
  readonly amount: string;
  readonly byHand?: boolean;
  /** By position, how many units are fit to be sold again. */
  readonly restock?: Readonly<Record<string, number | null>>;
}

/** Agrees to what was asked for, or to less of it. */
export function ApproveDialog({ request, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Approval>();
  const act = useAct({ onDone: onClose });
  const { currency } = request;
  const isAmount = (_rule: unknown, text: string | undefined) => {
    const amount = parseMoney(text ?? '', currency) ?? 0;
    return amount > 0 && amount <= request.amount
      ? Promise.resolve()
      : Promise.reject(new Error(t('notAnAmount')));
  };
  const save = ({ amount, byHand, restock = {} }: Approval) => {
    const units = Object.entries(restock).filter(([, quantity]) => (quantity ?? 0) > 0);
    act.mutate({
      method: 'POST',
      path: `/admin/refund-requests/${request.id}/approve`,
      body: {
        amount: parseMoney(amount, currency),
        ...(byHand === true && { byHand }),
        restock: units.map(([position, quantity]) => ({ position: Number(position), quantity })),
      },
    });
  };
  return (
    <Modal
      open
      title={t('approve')}
      okText={t('approve')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ amount: toDecimal(request.amount, currency) }}
        onFinish={save}
      >
        <p className="faint">{t('approveHint')}</p>
        <Form.Item name="amount" label={t('refundAmount', { currency })} rules={[{ validator: isAmount }]}>
          <Input inputMode="decimal" autoFocus />
        </Form.Item>
        {request.items.length > 0 && <p className="faint">{t('restockHint')}</p>}
        {request.items.map(({ position, quantity }) => (
          <Form.Item
            key={position}
            name={['restock', String(position)]}
            label={`${t('restockUnits')} · #${position} · ${t('unitsLeft', { count: quantity })}`}
          >
            <InputNumber min={0} max={quantity} precision={0} />
          </Form.Item>
        ))}
        <Form.Item name="byHand" valuePropName="checked" help={t('byHandHint')}>
          <Checkbox>{t('byHand')}</Checkbox>
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}

/** Refuses it, with a reason that the customer reads. */
export function RejectDialog({ request, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ readonly reason: string }>();
  const act = useAct({ onDone: onClose });
  return (
    <Modal
      open
      title={t('reject')}
      okText={t('reject')}
      okButtonProps={{ danger: true }}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        onFinish={({ reason }) =>
          act.mutate({
            method: 'POST',
            path: `/admin/refund-requests/${request.id}/reject`,
            body: { reason },
          })
        }
      >
        <Form.Item
          name="reason"
          label={t('rejectReason')}
          rules={[{ required: true, whitespace: true, message: t('required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} autoFocus />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
