import { Button, Flex, Form, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StaffTopup } from '../../types/topups.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';
import { useMay } from '../use-me.ts';
import { Amount, Moment } from '../values.tsx';

interface Props {
  readonly topup: StaffTopup;
}

interface DialogProps extends Props {
  readonly onClose: () => void;
}

/** Which one it is about, as it must be named to the operator. */
function Which({ topup }: Props) {
  const { t } = useTranslation();
  const { msisdn, englishName, name, amount, currency, price, priceCurrency, rechargeAt } = topup;
  return (
    <blockquote className="asked">
      <strong>{msisdn}</strong> {englishName ?? name}
      <small className="faint below">
        <Amount amount={amount} currency={currency} /> · <Amount amount={price} currency={priceCurrency} /> ·{' '}
        {t('sentAt')} <Moment at={rechargeAt} />
      </small>
    </blockquote>
  );
}

/** Nobody knows whether it was delivered; a person who has asked the operator says so. */
function DecideDialog({ topup, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly outcome: string; readonly reason: string }>
      title={t('topupDecide')}
      verb={t('save')}
      toAct={(body) => ({ method: 'POST', path: `/admin/topups/${topup.id}/decide`, body })}
      onClose={onClose}
    >
      <Which topup={topup} />
      <p className="faint">{t('topupDecideHint')}</p>
      <Form.Item name="outcome" rules={[{ required: true, message: t('required') }]}>
        <Radio.Group
          vertical
          options={['delivered', 'failed'].map((value) => ({ value, label: t(`topupOutcome.${value}`) }))}
        />
      </Form.Item>
      <TextField name="reason" label={t('topupReason')} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}

function RefundDialog({ topup, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly reason: string }>
      title={t('topupRefund')}
      isDanger
      toAct={(body) => ({ method: 'POST', path: `/admin/topups/${topup.id}/refund`, body })}
      onClose={onClose}
    >
      <Which topup={topup} />
      <TextField name="reason" label={t('reason')} maxLength={500} rows={2} autoFocus />
    </ActDialog>
  );
}

/** What a person may do about a top-up that waits for one. */
export function TopupActions({ topup }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const [isOpen, setIsOpen] = useState(false);
  const { awaitsPerson } = topup;
  if (awaitsPerson === null || !may('topups.write')) {
    return null;
  }
  const Dialog = awaitsPerson === 'unknown' ? DecideDialog : RefundDialog;
  return (
    <Flex justify="end">
      <Button size="small" type="primary" danger={awaitsPerson === 'failed'} onClick={() => setIsOpen(true)}>
        {t(awaitsPerson === 'unknown' ? 'decide' : 'topupRefund')}
      </Button>
      {isOpen && <Dialog topup={topup} onClose={() => setIsOpen(false)} />}
    </Flex>
  );
}
