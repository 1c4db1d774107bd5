import { App, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StaffOrder } from '../../types/operations.ts';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { RefundDialog } from './refund-dialog.tsx';
import { isCollecting, StepDialog } from './step-dialog.tsx';

/** Steps that need more than a yes. */
const WITH_DIALOG = ['shipped', 'returned', 'cancelled'];
/** Offered as the next thing to do; the rest stands in the menu. */
const FORWARD = ['processing', 'shipped', 'delivered', 'completed'];

/** What staff may do with the order now: the steps that the server calls legal, and a refund where there is money. */
export function OrderActions({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const may = useMay();
  const act = useAct();
  const [dialog, setDialog] = useState<string>();
  const steps = may('orders.write') && !order.isClosing ? order.nextStatuses : [];
  const canRefund = may('refunds.write') && order.refundable > 0;
  const take = (step: string) => {
    if (WITH_DIALOG.includes(step) || isCollecting(order, step)) {
      setDialog(step);
      return;
    }
    modal.confirm({
      title: t(`act.${step}`),
      content: t(`confirm.${step}`),
      onOk: () =>
        act.mutateAsync({ method: 'PATCH', path: `/orders/${order.id}/status`, body: { status: step } }),
    });
  };
  const next = steps.find((step) => FORWARD.includes(step));
  const others = [
    ...steps
      .filter((step) => step !== next)
      .map((step) => ({
        key: step,
        label: t(`act.${step}`),
        danger: step === 'cancelled',
        onClick: () => take(step),
      })),
    ...(canRefund ? [{ key: 'refund', label: t('refund'), onClick: () => setDialog('refund') }] : []),
  ];
  const close = () => setDialog(undefined);
  return (
    <>
      {others.length > 0 && (
        <Dropdown trigger={['click']} menu={{ items: others }}>
          <Button>{t('actions')}</Button>
        </Dropdown>
      )}
      {next !== undefined && (
        <Button type="primary" onClick={() => take(next)}>
          {t(`act.${next}`)}
        </Button>
      )}
      {dialog === 'refund' && <RefundDialog order={order} onClose={close} />}
      {dialog !== undefined && dialog !== 'refund' && (
        <StepDialog order={order} step={dialog} onClose={close} />
      )}
    </>
  );
}
