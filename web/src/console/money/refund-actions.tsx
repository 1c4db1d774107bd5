import { Button, Flex, Form, Popconfirm, Radio, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StaffRefund } from '../../types/operations.ts';
import { ActDialog } from '../act-dialog.tsx';
import { TextField } from '../fields.tsx';
import { useAct } from '../use-act.ts';
import { useMay, useMe } from '../use-me.ts';

interface Props {
  readonly refund: StaffRefund;
  readonly onClose: () => void;
}

function PaidOutDialog({ refund, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly reference: string }>
      title={t('confirmPaidOut')}
      toAct={(body) => ({ method: 'POST', path: `/admin/refunds/${refund.id}/paid-out`, body })}
      onClose={onClose}
    >
      <p className="faint">{t('paidOutHint')}</p>
      <TextField name="reference" label={t('paidOutReference')} maxLength={100} autoFocus />
    </ActDialog>
  );
}

function BouncedDialog({ refund, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ readonly reference: string }>
      title={t('payoutBounced')}
      toAct={(body) => ({ method: 'POST', path: `/admin/refunds/${refund.id}/bounced`, body })}
      onClose={onClose}
    >
      <p className="faint">{t('payoutBouncedHint')}</p>
      <TextField name="reference" label={t('payoutBouncedReference')} maxLength={100} autoFocus />
    </ActDialog>
  );
}

interface FinishFields {
  readonly to: 'payer_card' | 'merchant_account';
  readonly card?: { readonly bankType: string; readonly holderName: string; readonly number: string };
}

/** Only where the money goes to a card of the payer. */
function CardFields() {
  const { t } = useTranslation();
  const to: unknown = Form.useWatch('to');
  if (to !== 'payer_card') {
    return null;
  }
  return (
    <>
      <TextField name={['card', 'bankType']} label={t('bankType')} maxLength={32} />
      <TextField name={['card', 'holderName']} label={t('cardHolder')} maxLength={100} />
      <TextField
        name={['card', 'number']}
        label={t('cardNumber')}
        extra={t('cardHint')}
        maxLength={32}
        inputMode="numeric"
      />
    </>
  );
}

function FinishDialog({ refund, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <ActDialog<FinishFields>
      title={t('finishAbnormal')}
      initialValues={{ to: 'payer_card' }}
      toAct={(body) => ({ method: 'POST', path: `/admin/refunds/${refund.id}/finish-abnormal`, body })}
      onClose={onClose}
    >
      <Form.Item name="to" label={t('finishTo')}>
        <Radio.Group
          options={['payer_card', 'merchant_account'].map((value) => ({
            value,
            label: wordFor('finishTo', value),
          }))}
        />
      </Form.Item>
      <CardFields />
    </ActDialog>
  );
}

interface OtherWayProps {
  readonly refund: StaffRefund;
  /** Whose words ask, and the end of the route. */
  readonly words: 'takeByHand' | 'creditInstead';
  readonly verb: 'by-hand' | 'store-credit';
}

/** Takes a refund out of its provider's hands. */
function OtherWay({ refund, words, verb }: OtherWayProps) {
  const { t } = useTranslation();
  const act = useAct();
  const take = () => act.mutate({ method: 'POST', path: `/admin/refunds/${refund.id}/${verb}` });
  return (
    <Popconfirm title={t(`${words}Ask`)} okText={t(words)} cancelText={t('cancel')} onConfirm={take}>
      <Button size="small" loading={act.isPending}>
        {t(words)}
      </Button>
    </Popconfirm>
  );
}

/** What a person may do about a refund that no program finishes. */
export function RefundActions({ refund }: { readonly refund: StaffRefund }) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<'paid_out' | 'bounced' | 'finish'>();
  const { status, isByHand, preparedBy, handedBy, bounceConfirmedBy, paidOutBy, finishingAt } = refund;
  // While its provider is told how to finish it, nobody else may pay it.
  const isStanding = finishingAt === null && (status === 'reserved' || status === 'abnormal');
  const isByHandOpen = isByHand && (status === 'sent' || status === 'abnormal');
  const myId = useMe().data?.id;
  const isMine = [preparedBy, handedBy, bounceConfirmedBy].some((id) => id !== null && id === myId);
  if (!may('refunds.write')) {
    return null;
  }
  const close = () => setDialog(undefined);
  return (
    <Flex gap="small" justify="end">
      {isByHandOpen && (
        <Tooltip title={isMine ? t('paidOutHint') : ''}>
          <Button size="small" type="primary" disabled={isMine} onClick={() => setDialog('paid_out')}>
            {t('confirmPaidOut')}
          </Button>
        </Tooltip>
      )}
      {status === 'succeeded' && paidOutBy !== null && (
        <Button size="small" onClick={() => setDialog('bounced')}>
          {t('payoutBounced')}
        </Button>
      )}
      {!isByHand && isStanding && status === 'abnormal' && (
        <Button size="small" onClick={() => setDialog('finish')}>
          {t('finishAbnormal')}
        </Button>
      )}
      {!isByHand && isStanding && <OtherWay refund={refund} words="takeByHand" verb="by-hand" />}
      {(isStanding || isByHandOpen) && <OtherWay refund={refund} words="creditInstead" verb="store-credit" />}
      {dialog === 'paid_out' && <PaidOutDialog refund={refund} onClose={close} />}
      {dialog === 'bounced' && <BouncedDialog refund={refund} onClose={close} />}
      {dialog === 'finish' && <FinishDialog refund={refund} onClose={close} />}
    </Flex>
  );
}
