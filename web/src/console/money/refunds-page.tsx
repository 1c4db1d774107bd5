import { type TableProps, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StaffRefund } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { RefundActions } from './refund-actions.tsx';

const STATUSES = ['reserved', 'sent', 'unknown', 'abnormal', 'succeeded', 'failed', 'cancelled'];
const ORIGINS = ['staff', 'cancel', 'late', 'customer', 'mismatch', 'provider'];

function useColumns(): NonNullable<TableProps<StaffRefund>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('refund'), render: (_value, { id }) => <span className="id">{id}</span> },
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    { title: t('order'), render: (_value, { purpose }) => <Id id={purpose.id} /> },
    { title: t('payment'), render: (_value, { paymentId }) => <Id id={paymentId} /> },
    { title: t('origin'), render: (_value, { origin }) => wordFor('origin', origin) },
    {
      title: t('status'),
      render: (_value, { status, failure, isByHand, to }) => (
        <>
          <Status kind="refund" value={status} />
          {isByHand && <Tag color="purple">{t('byHand')}</Tag>}
          {to === 'store_credit' && <Tag color="purple">{t('storeCredit')}</Tag>}
          {failure !== null && <small className="faint">{failure}</small>}
        </>
      ),
    },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
    { title: t('paidOutBy'), render: (_value, { paidOutReference }) => paidOutReference },
    { key: 'actions', align: 'right', render: (_value, refund) => <RefundActions refund={refund} /> },
  ];
}

export function RefundsPage() {
  const { t } = useTranslation();
  const list = useList<StaffRefund>('/admin/refunds', (filter) => ({
    status: chosen(filter('status')),
    origin: chosen(filter('origin')),
    isByHand: chosen(filter('isByHand')),
    purposeId: filter('order'),
  }));
  return (
    <>
      <PageHead title={t('nav.refunds')} />
      <Filters>
        <ChoiceFilter list={list} name="status" label={t('status')} kind="refund" values={STATUSES} />
        <ChoiceFilter list={list} name="origin" label={t('origin')} kind="origin" values={ORIGINS} />
        <ChoiceFilter
          list={list}
          name="isByHand"
          label={t('byHand')}
          kind="byHand"
          values={['true', 'false']}
        />
        <SearchFilter list={list} name="order" label={t('orderId')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={useColumns()} />
    </>
  );
}
