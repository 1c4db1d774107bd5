import { useTranslation } from 'react-i18next';
import type { WalletHold } from '../../types/wallet.ts';
import { CustomerLink } from '../customer-link.tsx';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { Amount, Moment, Status } from '../values.tsx';

/** What the shop's back end has held and spent. */
export function Holds() {
  const { t } = useTranslation();
  const list = useList<WalletHold>('/admin/wallet-holds', (filter) => ({
    status: chosen(filter('status')),
    customerId: filter('customer'),
    reference: filter('reference'),
  }));
  return (
    <>
      <Filters>
        <ChoiceFilter
          list={list}
          name="status"
          label={t('status')}
          kind="walletHold"
          values={['held', 'settled', 'released', 'expired']}
        />
        <SearchFilter list={list} name="customer" label={t('customerId')} />
        <SearchFilter list={list} name="reference" label={t('holdReference')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={[
          { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
          { title: t('customer'), render: (_value, { customerId }) => <CustomerLink id={customerId} /> },
          { title: t('holdReference'), dataIndex: 'reference' },
          { title: t('holdPurpose'), dataIndex: 'description' },
          { title: t('status'), render: (_value, { status }) => <Status kind="walletHold" value={status} /> },
          { title: t('holdUntil'), render: (_value, { expiresAt }) => <Moment at={expiresAt} /> },
          {
            title: t('amount'),
            align: 'right',
            render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
          {
            title: t('settledAmount'),
            align: 'right',
            render: (_value, { settledAmount, currency }) => (
              <Amount amount={settledAmount} currency={currency} />
            ),
          },
        ]}
      />
    </>
  );
}
