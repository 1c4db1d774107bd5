import { Button, Flex, type TableProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WalletAdjustment } from '../../types/wallet.ts';
import { ActDialog } from '../act-dialog.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { given, TextField } from '../fields.tsx';
import { useMay, useMe } from '../use-me.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';

type Verb = 'approve' | 'reject';

interface DecideProps {
  readonly adjustment: WalletAdjustment;
  readonly verb: Verb;
  readonly onClose: () => void;
}

function DecideDialog({ adjustment, verb, onClose }: DecideProps) {
  const { t } = useTranslation();
  const isRejecting = verb === 'reject';
  const { id, customerId, amount, currency, bucket, reason } = adjustment;
  return (
    <ActDialog<{ readonly note?: string }>
      title={t(isRejecting ? 'adjustmentReject' : 'adjustmentApprove')}
      verb={t(verb)}
      isDanger={isRejecting}
      toAct={({ note }) => ({
        method: 'POST',
        path: `/admin/wallet-adjustments/${id}/${verb}`,
        body: given(note) === undefined ? {} : { note: given(note) },
      })}
      onClose={onClose}
    >
      <blockquote className="asked">
        <strong>
          <Amount amount={amount} currency={currency} />
        </strong>{' '}
        {bucket === 'gift' && <span className="faint">({t('adjust.gift')}) </span>}
        {reason}
        <small className="faint below">
          {t('customer')} <CustomerLink id={customerId} />
        </small>
      </blockquote>
      <TextField
        name="note"
        label={t(isRejecting ? 'reason' : 'noteOptional')}
        isRequired={isRejecting}
        maxLength={500}
        rows={2}
        autoFocus
      />
    </ActDialog>
  );
}

/** Who asked may take it back, but not agree to it; no more may the one whose wallet it is. */
function Decide({ adjustment }: { readonly adjustment: WalletAdjustment }) {
  const { t } = useTranslation();
  const may = useMay();
  const me = useMe();
  const [verb, setVerb] = useState<Verb>();
  const { requestedBy, customerId } = adjustment;
  if (adjustment.status !== 'requested' || !may('wallet.approve')) {
    return null;
  }
  return (
    <Flex gap="small" justify="end">
      {![requestedBy, customerId].includes(me.data?.id ?? '') && (
        <Button size="small" type="primary" onClick={() => setVerb('approve')}>
          {t('approve')}
        </Button>
      )}
      <Button size="small" danger onClick={() => setVerb('reject')}>
        {t('reject')}
      </Button>
      {verb !== undefined && (
        <DecideDialog adjustment={adjustment} verb={verb} onClose={() => setVerb(undefined)} />
      )}
    </Flex>
  );
}

type Columns = NonNullable<TableProps<WalletAdjustment>['columns']>;

/** An adjustment, with what may be decided about it; of those that wait in one wallet it is said above them whose they are. */
export function useAdjustmentColumns({ isWaiting }: { readonly isWaiting: boolean }): Columns {
  const { t } = useTranslation();
  const customer: Columns[number] = {
    title: t('customer'),
    render: (_value, { customerId }) => <CustomerLink id={customerId} />,
  };
  const status: Columns[number] = {
    title: t('status'),
    render: (_value, adjustment) => <Status kind="adjustment" value={adjustment.status} />,
  };
  return [
    ...(isWaiting ? [] : [customer]),
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency, bucket }) => (
        <>
          <Amount amount={amount} currency={currency} />
          {bucket === 'gift' && <small className="faint below">{t('adjust.gift')}</small>}
        </>
      ),
    },
    {
      title: t('reason'),
      render: (_value, { reason, decisionNote, requestedBy }) => (
        <div className="wraps">
          {reason}
          {decisionNote !== null && <small className="faint below">{decisionNote}</small>}
          <small className="faint below">
            {t('askedBy')} <Id id={requestedBy} isShort />
          </small>
        </div>
      ),
    },
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    ...(isWaiting ? [] : [status]),
    { key: 'decide', align: 'right', render: (_value, row) => <Decide adjustment={row} /> },
  ];
}
