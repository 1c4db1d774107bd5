import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { COIN } from '../../money.ts';
import type { StaffWallet } from '../../types/wallet.ts';
import { CustomerLink } from '../customer-link.tsx';
import { DataTable } from '../data-table.tsx';
import { Filters, SearchFilter } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { Amount, Moment } from '../values.tsx';

const SUMS = ['paid', 'gift', 'held', 'owed'] as const;

/** Every wallet, the one that has changed last first. */
export function WalletList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const list = useList<StaffWallet>('/admin/wallets', (filter) => ({
    customerId: filter('customer'),
    currency: filter('currency'),
  }));
  return (
    <>
      <Filters>
        <SearchFilter list={list} name="customer" label={t('customerId')} />
      </Filters>
      <DataTable
        list={list}
        rowKey={({ customerId, currency }) => `${customerId} ${currency}`}
        columns={[
          { title: t('customer'), render: (_value, { customerId }) => <CustomerLink id={customerId} /> },
          {
            title: t('wallet'),
            render: (_value, { currency }) =>
              currency === COIN ? t('coins') : `${t('storeCredit')} ${currency}`,
          },
          ...SUMS.map((name) => ({
            title: t(`wallet.${name}`),
            align: 'right' as const,
            render: (_value: unknown, wallet: StaffWallet) => (
              <Amount amount={wallet[name]} currency={wallet.currency} />
            ),
          })),
          { title: t('changed'), render: (_value, { updatedAt }) => <Moment at={updatedAt} /> },
        ]}
        onOpen={({ customerId }) => {
          void navigate(`/customers/${customerId}`);
        }}
      />
    </>
  );
}
