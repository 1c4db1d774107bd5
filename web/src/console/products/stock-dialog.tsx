import { Alert, Form, InputNumber, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import type { StockItem } from '../../types/catalog.ts';
import { ActDialog } from '../act-dialog.tsx';
import { given, TextField } from '../fields.tsx';
import type { Act } from '../use-act.ts';

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

/** More is promised than is there. */
function BelowReserved({ item }: { readonly item: Item }) {
  const { t } = useTranslation();
  const onHand = Form.useWatch('onHand') as number | null | undefined;
  return (onHand ?? item.onHand) < item.reserved ? (
    <Alert type="warning" showIcon title={t('belowReserved')} />
  ) : null;
}

function CountField({ name }: { readonly name: 'onHand' | 'backorderAllowance' }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={t(name)} rules={[{ required: true, message: t('required') }]}>
      <InputNumber min={0} max={MOST} precision={0} />
    </Form.Item>
  );
}

/** What was counted, whether it is counted at all, and how many may be sold beyond it. */
export function StockDialog({ item, onClose }: { readonly item: Item; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const toAct = (fields: StockFields): Act | undefined => {
    const changes = changesOf(item, fields);
    const reason = given(fields.reason);
    return Object.keys(changes).length === 0
      ? undefined
      : {
          method: 'PATCH',
          path: `/admin/inventory/${item.variantId}`,
          body: { ...changes, ...(reason !== undefined && { reason }) },
        };
  };
  return (
    <ActDialog<StockFields>
      title={`${t('editStock')} · ${item.sku}`}
      verb={t('save')}
      initialValues={item}
      toAct={toAct}
      onClose={onClose}
    >
      <Form.Item name="isTracked" label={t('tracked')} valuePropName="checked" extra={t('trackedHint')}>
        <Switch />
      </Form.Item>
      <CountField name="onHand" />
      <BelowReserved item={item} />
      <CountField name="backorderAllowance" />
      <TextField name="reason" label={t('reason')} isRequired={false} maxLength={500} />
    </ActDialog>
  );
}
