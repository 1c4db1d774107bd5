import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { personName } from '../../person-name.ts';
import type { StaffOrderSummary } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, DayFilter, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Amount, Moment, Status } from '../values.tsx';
import { dayBounds } from './day-bounds.ts';

const STATUSES = [
  'pending',
  'confirmed',
  'processing',
  'shipped',
  'delivered',
  'completed',
  'returned',
  'cancelled',
  'closed',
];
const PAYMENT_STATUSES = ['unpaid', 'authorized', 'paid', 'refund_pending', 'partially_refunded', 'refunded'];

function useColumns(): NonNullable<TableProps<StaffOrderSummary>['columns']> {
  const { t } = useTranslation();
  return [
    {
      title: t('number'),
      render: (_value, { id, orderNumber }) => (
        <Link className="id" to={`/orders/${id}`}>
          {orderNumber}
        </Link>
      ),
    },
    { title: t('placed'), render: (_value, { placedAt }) => <Moment at={placedAt} /> },
    {
      title: t('customer'),
      render: (_value, { shippingAddress, customerId }) =>
        shippingAddress === null ? <span className="id">{customerId}</span> : personName(shippingAddress),
    },
    {
      title: t('items'),
      render: (_value, { items }) =>
        t('itemCount', { count: items.reduce((sum, { quantity }) => sum + quantity, 0) }),
    },
    { title: t('status'), render: (_value, { status }) => <Status kind="order" value={status} /> },
    {
      title: t('payment'),
      render: (_value, { paymentStatus }) => <Status kind="paymentStatus" value={paymentStatus} />,
    },
    {
      title: t('fulfilment'),
      render: (_value, { fulfilmentStatus }) => <Status kind="fulfilment" value={fulfilmentStatus} />,
    },
    {
      title: t('total'),
      align: 'right',
      render: (_value, { total, currency }) => <Amount amount={total} currency={currency} />,
    },
  ];
}

export function OrdersPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useList<StaffOrderSummary>('/admin/orders', (filter) => ({
    search: filter('search'),
    status: chosen(filter('status')),
    paymentStatus: chosen(filter('paymentStatus')),
    ...dayBounds(filter('from'), filter('until')),
  }));
  return (
    <>
      <PageHead title={t('orders')} />
      <Filters>
        <SearchFilter list={list} name="search" label={t('orderSearch')} />
        <ChoiceFilter list={list} name="status" label={t('status')} kind="order" values={STATUSES} />
        <ChoiceFilter
          list={list}
          name="paymentStatus"
          label={t('payment')}
          kind="paymentStatus"
          values={PAYMENT_STATUSES}
        />
        <DayFilter list={list} name="from" label={t('from')} />
        <DayFilter list={list} name="until" label={t('until')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns()}
        onOpen={({ id }) => {
          void navigate(`/orders/${id}`);
        }}
      />
    </>
  );
}
