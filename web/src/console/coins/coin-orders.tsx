import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { COIN } from '../../money.ts';
import type { StaffCoinOrder } from '../../types/coins.ts';
import { CustomerLink } from '../customer-link.tsx';
import { DataTable } from '../data-table.tsx';
import { DayFilter, Filters, SearchFilter } from '../filters.tsx';
import { dayBounds } from '../orders/day-bounds.ts';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment } from '../values.tsx';

function useColumns(): NonNullable<TableProps<StaffCoinOrder>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('order'), render: (_value, { orderId }) => <Id id={orderId} isShort /> },
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    { title: t('customer'), render: (_value, { customerId }) => <CustomerLink id={customerId} /> },
    { title: t('coinPod'), render: (_value, { subject, quantity }) => `${subject} × ${quantity}` },
    {
      title: t('coins'),
      align: 'right',
      render: (_value, { coin, giftCoin, returnedCoin, returnedGiftCoin }) => (
        <>
          <Amount amount={coin + giftCoin} currency={COIN} />
          {returnedCoin + returnedGiftCoin > 0 && (
            <small className="faint below">
              {t('takenBack')} <Amount amount={returnedCoin + returnedGiftCoin} currency={COIN} />
            </small>
          )}
        </>
      ),
    },
    { title: t('credited'), render: (_value, { creditedTime }) => <Moment at={creditedTime} /> },
    {
      title: t('amount'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
  ];
}

/** Orders of coins; each has its payments and refunds on its own page. */
export function CoinOrders() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useList<StaffCoinOrder>('/admin/coin-orders', (filter) => ({
    customerId: filter('customer'),
    ...dayBounds(filter('from'), filter('until')),
  }));
  return (
    <>
      <Filters>
        <SearchFilter list={list} name="customer" label={t('customerId')} />
        <DayFilter list={list} name="from" label={t('from')} />
        <DayFilter list={list} name="until" label={t('until')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="orderId"
        columns={useColumns()}
        onOpen={({ orderId }) => {
          void navigate(`/orders/${orderId}`);
        }}
      />
    </>
  );
}
