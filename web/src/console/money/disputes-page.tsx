import { useTranslation } from 'react-i18next';
import type { Dispute } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { useDisputeColumns } from './disputes-table.tsx';

const STATUSES = ['needs_response', 'under_review', 'won', 'lost', 'withdrawn'];

/** What payers dispute. */
export function DisputesPage() {
  const { t } = useTranslation();
  const list = useList<Dispute>('/admin/disputes', (filter) => ({
    status: chosen(filter('status')),
    purposeId: filter('order'),
  }));
  return (
    <>
      <PageHead title={t('nav.disputes')} />
      <Filters>
        <ChoiceFilter list={list} name="status" label={t('status')} kind="dispute" values={STATUSES} />
        <SearchFilter list={list} name="order" label={t('orderId')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={useDisputeColumns()} emptyText={t('nothingToDo')} />
    </>
  );
}
