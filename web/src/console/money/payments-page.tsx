import { type TableProps, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { wordFor } from '../../language.ts';
import type { StaffPayment } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';

const STATUSES = [
  'unknown',
  'requires_review',
  'created',
  'pending',
  'authorized',
  'succeeded',
  'failed',
  'closed',
];

function useColumns(): NonNullable<TableProps<StaffPayment>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('payment'), render: (_value, { id }) => <Id id={id} /> },
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    { title: t('order'), render: (_value, { purpose }) => <Id id={purpose.id} /> },
    { title: t('method'), render: (_value, { method }) => wordFor('method', method) },
    {
      title: t('status'),
      render: (_value, { status, reason, mismatch, isSurplus }) => (
        <>
          <Status kind="attempt" value={status} />
          {mismatch !== null && <Tag color="red">{t('needsDecision')}</Tag>}
          {isSurplus && <Tag color="purple">{t('surplus')}</Tag>}
          {mismatch === null && reason !== null && (
            <small className="faint">{wordFor('paymentReason', reason)}</small>
          )}
        </>
      ),
    },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
  ];
}

/** Every attempt to pay; those whose outcome is unknown are what a person looks at. */
export function PaymentsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useList<StaffPayment>('/admin/payments', (filter) => ({
    status: chosen(filter('status')),
    transactionId: filter('transaction'),
    purposeId: filter('order'),
  }));
  return (
    <>
      <PageHead title={t('nav.payments')} />
      <Filters>
        <ChoiceFilter list={list} name="status" label={t('status')} kind="attempt" values={STATUSES} />
        <SearchFilter list={list} name="transaction" label={t('transaction')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns()}
        emptyText={list.filter('status') === 'unknown' ? t('nothingToDo') : undefined}
        onOpen={({ id }) => {
          void navigate(`/payments/${id}`);
        }}
      />
    </>
  );
}
