import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { DayFilter, Filters, SearchFilter } from '../filters.tsx';
import { dayBounds } from '../orders/day-bounds.ts';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Id, Json, Moment } from '../values.tsx';

function useColumns(): NonNullable<TableProps<AuditEntry>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('when'), render: (_value, { at }) => <Moment at={at} /> },
    { title: t('action'), render: (_value, { action }) => <code>{action}</code> },
    { title: t('target'), render: (_value, { target }) => <Id id={target.id} /> },
    { title: t('actor'), render: (_value, { actor }) => <Id id={actor.id} /> },
    { title: t('address'), dataIndex: 'ip' },
  ];
}

/** Who did what, with what it was before and after. */
export function AuditPage() {
  const { t } = useTranslation();
  const list = useList<AuditEntry>('/admin/audit', (filter) => ({
    action: filter('action'),
    targetId: filter('target'),
    ...dayBounds(filter('from'), filter('until')),
  }));
  return (
    <>
      <PageHead title={t('nav.audit')} />
      <Filters>
        <SearchFilter list={list} name="action" label={t('action')} />
        <SearchFilter list={list} name="target" label={t('target')} />
        <DayFilter list={list} name="from" label={t('from')} />
        <DayFilter list={list} name="until" label={t('until')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns()}
        expandable={{ expandedRowRender: ({ before, after }) => <Json value={{ before, after }} /> }}
      />
    </>
  );
}
