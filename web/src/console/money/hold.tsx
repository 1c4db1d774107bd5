import { Alert, Button, Checkbox, Descriptions, Flex, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { parseMoney, toDecimal } from '../../money.ts';
import type { StaffPaymentDetail } from '../../types/operations.ts';
import { ActDialog } from '../act-dialog.tsx';
import { AmountField, TextField } from '../fields.tsx';
import { useMay } from '../use-me.ts';
import { Amount, Moment } from '../values.tsx';

interface DialogProps {
  readonly payment: StaffPaymentDetail;
  readonly onClose: () => void;
}

interface CaptureFields {
  readonly amount: string;
  readonly isFinal: boolean;
}

function CaptureDialog({ payment, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { id, currency } = payment;
  const left = payment.authorisedAmount - payment.capturedAmount - payment.captureRequested;
  return (
    <ActDialog<CaptureFields>
      title={t('capture')}
      initialValues={{ amount: toDecimal(left, currency), isFinal: true }}
      toAct={({ amount, isFinal }) => ({
        method: 'POST',
        path: `/admin/payments/${id}/captures`,
        body: { amount: parseMoney(amount, currency), isFinal },
      })}
      onClose={onClose}
    >
      <AmountField name="amount" label={t('amountIn', { currency })} currency={currency} most={left} />
      <Form.Item name="isFinal" valuePropName="checked">
        <Checkbox>{t('captureLast')}</Checkbox>
      </Form.Item>
    </ActDialog>
  );
}

function VoidDialog({ payment, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly reason: string }>
      title={t('void')}
      isDanger
      toAct={(body) => ({ method: 'POST', path: `/admin/payments/${payment.id}/void`, body })}
      onClose={onClose}
    >
      <p className="faint">{t('voidAsk')}</p>
      <TextField name="reason" label={t('reason')} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}

/** Money that is held: how much, until when, and what staff can do with it. */
export function Hold({ payment }: { readonly payment: StaffPaymentDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<'capture' | 'void'>();
  const { authorisedAmount, authorisedUntil, captureRequested, capturedAmount, currency } = payment;
  const close = () => setDialog(undefined);
  const sums = { held: authorisedAmount, capturedAmount, captureRequested };
  return (
    <Alert
      type="info"
      showIcon
      title={t('holdTitle')}
      description={
        <Flex vertical gap="middle">
          {t('holdHint')}
          <Descriptions
            layout="vertical"
            colon={false}
            size="small"
            column={{ xs: 2, md: 4 }}
            items={[
              ...Object.entries(sums).map(([key, amount]) => ({
                key,
                label: t(key),
                children: <Amount amount={amount} currency={currency} />,
              })),
              { key: 'until', label: t('heldUntil'), children: <Moment at={authorisedUntil} /> },
            ]}
          />
          {may('payments.write') && (
            <Flex gap="small">
              <Button
                type="primary"
                disabled={capturedAmount + captureRequested >= authorisedAmount}
                onClick={() => setDialog('capture')}
              >
                {t('capture')}
              </Button>
              <Button danger disabled={captureRequested > 0} onClick={() => setDialog('void')}>
                {t('void')}
              </Button>
            </Flex>
          )}
          {dialog === 'capture' && <CaptureDialog payment={payment} onClose={close} />}
          {dialog === 'void' && <VoidDialog payment={payment} onClose={close} />}
        </Flex>
      }
    />
  );
}
