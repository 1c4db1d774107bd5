import { Alert, App, Button, Descriptions, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoney } from '../../money.ts';
import type { Received, StaffPaymentDetail } from '../../types/operations.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';

type Decision = 'accept' | 'refund';

interface Props {
  readonly payment: StaffPaymentDetail;
  readonly mismatch: Received;
}

interface DismissProps {
  readonly payment: StaffPaymentDetail;
  readonly onClose: () => void;
}

/** Money that is nobody's to decide on here; the note says why. */
function DismissDialog({ payment, onClose }: DismissProps) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly note: string }>
      title={t('dismissAsk')}
      verb={t('dismiss')}
      toAct={({ note }) => ({
        method: 'POST',
        path: `/admin/payments/${payment.id}/resolve-mismatch`,
        body: { decision: 'dismiss', note },
      })}
      onClose={onClose}
    >
      <TextField name="note" label={t('dismissNote')} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}

/** What came beside what was asked for; what differs stands out. */
function Comparison({ payment, mismatch }: Props) {
  const { t, i18n } = useTranslation();
  const { amount, merchantAccount, appId, transactionId } = mismatch;
  const money = (of: { readonly amount: number; readonly currency: string }) =>
    formatMoney(of.amount, of.currency, i18n.language);
  const rows = [
    { label: 'amount', got: money(amount), wanted: money(payment) },
    { label: 'merchant', got: merchantAccount, wanted: payment.merchantAccount },
    { label: 'app', got: appId, wanted: payment.appId },
    { label: 'transaction', got: transactionId, wanted: payment.transactionId },
  ].filter(({ got }) => got !== null);
  return (
    <Descriptions
      size="small"
      column={1}
      items={rows.map(({ label, got, wanted }) => ({
        key: label,
        label: t(label),
        children:
          wanted === null || wanted === got ? (
            got
          ) : (
            <span>
              <strong className="differs">{got}</strong>{' '}
              <span className="faint">{t('insteadOf', { wanted })}</span>
            </span>
          ),
      }))}
    />
  );
}

/** Money that is not what was asked for: a person says whether it pays the order or goes back. */
export function Mismatch({ payment, mismatch }: Props) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const may = useMay();
  const act = useAct();
  const [isDismissing, setDismissing] = useState(false);
  const decide = (decision: Decision) =>
    modal.confirm({
      title: t(decision === 'accept' ? 'acceptAsk' : 'refundAsk'),
      onOk: () =>
        act.mutateAsync({
          method: 'POST',
          path: `/admin/payments/${payment.id}/resolve-mismatch`,
          body: { decision },
        }),
    });
  return (
    <Alert
      type="warning"
      showIcon
      title={t('mismatchTitle')}
      description={
        <Flex vertical gap="middle">
          {t('mismatchHint')}
          <Comparison payment={payment} mismatch={mismatch} />
          {may('payments.write') && (
            <Flex gap="small">
              <Button type="primary" onClick={() => decide('accept')}>
                {t('accept')}
              </Button>
              <Button danger onClick={() => decide('refund')}>
                {t('refundAllOfIt')}
              </Button>
              <Button onClick={() => setDismissing(true)}>{t('dismiss')}</Button>
            </Flex>
          )}
          {isDismissing && <DismissDialog payment={payment} onClose={() => setDismissing(false)} />}
        </Flex>
      }
    />
  );
}
