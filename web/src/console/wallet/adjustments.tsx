import { useTranslation } from 'react-i18next';
import type { WalletAdjustment } from '../../types/wallet.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { useList } from '../use-list.ts';
import { useAdjustmentColumns } from './adjustment-columns.tsx';

/** Wallets that staff has put right, or wants to: what waits for a second person can be filtered out. */
export function Adjustments() {
  const { t } = useTranslation();
  const list = useList<WalletAdjustment>('/admin/wallet-adjustments', (filter) => ({
    status: chosen(filter('status')),
    customerId: filter('customer'),
  }));
  return (
    <>
      <Filters>
        <ChoiceFilter
          list={list}
          name="status"
          label={t('status')}
          kind="adjustment"
          values={['requested', 'applied', 'rejected']}
        />
        <SearchFilter list={list} name="customer" label={t('customerId')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={useAdjustmentColumns({ isWaiting: false })} />
    </>
  );
}
