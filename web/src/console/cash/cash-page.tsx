import { useTranslation } from 'react-i18next';
import type { StaffPayment } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { TabsPage } from '../tabs-page.tsx';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment } from '../values.tsx';
import { HandOvers } from './hand-overs.tsx';
import { HeldCash } from './held-cash.tsx';

/** Orders that were confirmed and whose courier is still to be paid. */
function ToCollect() {
  const { t } = useTranslation();
  const list = useList<StaffPayment>('/admin/payments', () => ({
    provider: 'cash_on_delivery',
    status: 'pending',
  }));
  return (
    <DataTable
      list={list}
      rowKey="id"
      emptyText={t('nothingToDo')}
      columns={[
        { title: t('order'), render: (_value, { purpose }) => <Id id={purpose.id} /> },
        { title: t('placed'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
        {
          title: t('amount'),
          align: 'right',
          render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
        },
      ]}
    />
  );
}

/** Cash of deliveries: what is still at the door, with the courier, and on its way into the bank. */
export function CashPage() {
  const { t } = useTranslation();
  return (
    <TabsPage
      title={t('nav.cash')}
      initial="held"
      tabs={[
        { key: 'collect', label: t('toCollect'), permission: 'payments.read', children: <ToCollect /> },
        { key: 'held', label: t('heldByCouriers'), children: <HeldCash /> },
        { key: 'handed', label: t('handOvers'), children: <HandOvers /> },
      ]}
    />
  );
}
