import { Form, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatMoney, parseMoney, toDecimal } from '../../money.ts';
import type { StaffRefundRequest } from '../../types/operations.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, TextField } from '../fields.tsx';
import { type RefundWay, RefundWayField, toWay } from '../orders/refund-way.tsx';

interface Props {
  readonly request: StaffRefundRequest;
  readonly onClose: () => void;
}

interface Approval {
  readonly amount: string;
  readonly way: RefundWay;
  /** By position, how many units are fit to be sold again. */
  readonly restock?: Readonly<Record<string, number | null>>;
}

function toApproval({ amount, way, restock = {} }: Approval, currency: string) {
  const units = Object.entries(restock).filter(([, quantity]) => (quantity ?? 0) > 0);
  return {
    amount: parseMoney(amount, currency),
    ...toWay(way),
    restock: units.map(([position, quantity]) => ({ position: Number(position), quantity })),
  };
}

/** What the customer has written, so that it stands beside the decision. */
function Asked({ request }: Pick<Props, 'request'>) {
  const { t, i18n } = useTranslation();
  const amount = formatMoney(request.amount, request.currency, i18n.language);
  return (
    <blockquote className="asked">
      <strong>{t('askedFor', { amount })}</strong> {request.reason}
    </blockquote>
  );
}

function RestockFields({ items }: Pick<StaffRefundRequest, 'items'>) {
  const { t } = useTranslation();
  return items.map(({ position, quantity }) => (
    <Form.Item
      key={position}
      name={['restock', String(position)]}
      label={t('restockLine', { position, count: quantity })}
      extra={t('restockHint')}
    >
      <InputNumber min={0} max={quantity} precision={0} placeholder="0" />
    </Form.Item>
  ));
}

/** Agrees to what was asked for, or to less of it. */
export function ApproveDialog({ request, onClose }: Props) {
  const { t } = useTranslation();
  const { currency } = request;
  return (
    <ActDialog<Approval>
      title={t('approveTitle')}
      verb={t('approve')}
      initialValues={{ amount: toDecimal(request.amount, currency) }}
      toAct={(approval) => ({
        method: 'POST',
        path: `/admin/refund-requests/${request.id}/approve`,
        body: toApproval(approval, currency),
      })}
      onClose={onClose}
    >
      <Asked request={request} />
      <p className="faint">{t('approveHint')}</p>
      <AmountField
        name="amount"
        label={t('amountIn', { currency })}
        currency={currency}
        most={request.amount}
      />
      <RestockFields items={request.items} />
      <RefundWayField />
    </ActDialog>
  );
}

/** Refuses it, with a reason that the customer reads. */
export function RejectDialog({ request, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly reason: string }>
      title={t('rejectTitle')}
      verb={t('reject')}
      isDanger
      toAct={(body) => ({ method: 'POST', path: `/admin/refund-requests/${request.id}/reject`, body })}
      onClose={onClose}
    >
      <Asked request={request} />
      <TextField name="reason" label={t('rejectReason')} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}
