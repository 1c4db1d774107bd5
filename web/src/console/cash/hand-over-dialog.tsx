import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatMoney, parseMoney } from '../../money.ts';
import type { CashCollection } from '../../types/hand-books.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

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
  const [form] = Form.useForm<Fields>();
  const act = useAct({ onDone: onClose });
  const currency = collections[0]?.currency ?? '';
  const sum = collections.reduce((total, { amount }) => total + amount, 0);
  const required = [{ required: true, whitespace: true, message: t('required') }];
  const isAmount = (_rule: unknown, text: string | undefined) =>
    (parseMoney(text ?? '', currency) ?? 0) > 0
      ? Promise.resolve()
      : Promise.reject(new Error(t('notAnAmount')));
  const save = ({ courier, amount, note }: Fields) =>
    act.mutate({
      method: 'POST',
      path: '/admin/cash-remittances',
      body: {
        courier,
        currency,
        amount: parseMoney(amount, currency),
        paymentIds: collections.map(({ paymentId }) => paymentId),
        ...(note !== undefined && note.trim() !== '' && { note }),
      },
    });
  return (
    <Modal
      open
      title={t('handOver')}
      okText={t('save')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={save}>
        <p className="faint">{t('expectedSum', { amount: formatMoney(sum, currency, i18n.language) })}</p>
        <Form.Item name="courier" label={t('courier')} rules={required}>
          <Input maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item name="amount" label={t('countedAmount', { currency })} rules={[{ validator: isAmount }]}>
          <Input inputMode="decimal" />
        </Form.Item>
        <Form.Item name="note" label={t('note')}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
