import { Alert, Form, Input, InputNumber, Modal, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { StockItem } from '../../types/catalog.ts';
import { Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';

type Item = Omit<StockItem, 'available'>;

interface StockFields {
  readonly isTracked: boolean;
  readonly onHand: number;
  readonly backorderAllowance: number;
  readonly reason?: string;
}

const MOST = 1_000_000_000;

/** Only what was changed is sent, so that a count made meanwhile by somebody else is not undone. */
function changesOf(item: Item, fields: StockFields): Record<string, unknown> {
  const changed = (['isTracked', 'onHand', 'backorderAllowance'] as const).filter(
    (name) => fields[name] !== item[name],
  );
  return Object.fromEntries(changed.map((name) => [name, fields[name]]));
}

/** What was counted, whether it is counted at all, and how many may be sold beyond it. */
export function StockDialog({ item, onClose }: { readonly item: Item; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<StockFields>();
  const onHand = Form.useWatch('onHand', form);
  const act = useAct({ onDone: onClose });
  const save = (fields: StockFields) => {
    const changes = changesOf(item, fields);
    if (Object.keys(changes).length === 0) {
      onClose();
      return;
    }
    const reason = fields.reason?.trim() ?? '';
    const body = { ...changes, ...(reason !== '' && { reason }) };
    act.mutate({ method: 'PATCH', path: `/admin/inventory/${item.variantId}`, body });
  };
  return (
    <Modal
      open
      title={`${t('editStock')} · ${item.sku}`}
      okText={t('save')}
      cancelText={t('cancel')}
      confirmLoading={act.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={item} onFinish={save}>
        <Form.Item name="isTracked" label={t('tracked')} valuePropName="checked" extra={t('trackedHint')}>
          <Switch />
        </Form.Item>
        <Form.Item name="onHand" label={t('onHand')} rules={[{ required: true, message: t('required') }]}>
          <InputNumber min={0} max={MOST} precision={0} />
        </Form.Item>
        {(onHand ?? item.onHand) < item.reserved && (
          <Alert type="warning" showIcon title={t('belowReserved')} />
        )}
        <Form.Item
          name="backorderAllowance"
          label={t('backorderAllowance')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InputNumber min={0} max={MOST} precision={0} />
        </Form.Item>
        <Form.Item name="reason" label={t('reason')}>
          <Input maxLength={500} />
        </Form.Item>
        {act.isError && <Problem error={act.error} />}
      </Form>
    </Modal>
  );
}
