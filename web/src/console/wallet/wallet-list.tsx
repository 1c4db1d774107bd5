import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import type { StaffWallet } from '../../types/wallet.ts';
import { CustomerLink } from '../customer-link.tsx';
import { DataTable } from '../data-table.tsx';
import { Filters, SearchFilter } from '../filters.tsx';
import { type ListState, useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Amount, Moment } from '../values.tsx';
import { FoundCustomers } from './found-customers.tsx';
import { useWalletName } from './wallet-name.ts';

/** Store credit is all of one kind; of coins it is said how many of them were given. */
const SUMS = {
  balance: ({ paid, gift }: StaffWallet) => paid + gift,
  gift: ({ gift }: StaffWallet) => gift,
  held: ({ held }: StaffWallet) => held,
  owed: ({ owed }: StaffWallet) => owed,
};

/**
 * By what is known of a customer; who may not look at customers opens a wallet by the customer's id, and finds out there
 * whether anything is in it.
 */
function FindField({ list }: { readonly list: Pick<ListState<unknown>, 'filter' | 'change'> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  if (may('customers.read')) {
    return <SearchFilter list={list} name="search" label={t('customerSearch')} isWide />;
  }
  const open = {
    filter: () => '',
    change: ({ id = '' }: Readonly<Record<string, string>>) => {
      if (id !== '') {
        void navigate(`/customers/${encodeURIComponent(id)}`);
      }
    },
  };
  return <SearchFilter list={open} name="id" label={t('customerId')} />;
}

/** Every wallet, the one that has changed last first. */
function EveryWallet() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const nameOf = useWalletName();
  const list = useList<StaffWallet>('/admin/wallets', () => ({}));
  return (
    <>
      <Filters>
        <FindField list={list} />
      </Filters>
      <DataTable
        list={list}
        rowKey={({ customerId, currency }) => `${customerId} ${currency}`}
        columns={[
          { title: t('customer'), render: (_value, { customerId }) => <CustomerLink id={customerId} /> },
          { title: t('wallet'), render: (_value, { currency }) => nameOf(currency) },
          ...Object.entries(SUMS).map(([name, sumOf]) => ({
            title: t(`wallet.${name}`),
            align: 'right' as const,
            render: (_value: unknown, wallet: StaffWallet) => (
              <Amount amount={sumOf(wallet)} currency={wallet.currency} />
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

/** Every wallet, or the customers that are searched for. */
export function WalletList() {
  const [parameters] = useSearchParams();
  return (parameters.get('search') ?? '') === '' ? <EveryWallet /> : <FoundCustomers />;
}
