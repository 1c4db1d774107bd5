import type { TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { ProviderEvent } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Id, Moment, Status } from '../values.tsx';
import { ProviderEventDrawer } from './provider-event-drawer.tsx';
import { ReplayEvent } from './replay-event.tsx';

const INITIAL = 'quarantined';
const STATES = ['quarantined', 'stored', 'applied', 'ignored'];

function useColumns(): NonNullable<TableProps<ProviderEvent>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('received'), render: (_value, { receivedAt }) => <Moment at={receivedAt} /> },
    { title: t('provider'), render: (_value, { provider }) => wordFor('provider', provider) },
    { title: t('eventType'), dataIndex: 'eventType' },
    { title: t('subject'), render: (_value, { subjectId }) => <Id id={subjectId} /> },
    { title: t('status'), render: (_value, { state }) => <Status kind="eventState" value={state} /> },
    {
      title: t('reason'),
      render: (_value, { reason }) => reason !== null && wordFor('eventReason', reason),
    },
    {
      key: 'replay',
      align: 'right',
      // A click on the button must not open the row as well.
      onCell: () => ({ onClick: (event) => event.stopPropagation() }),
      render: (_value, event) => <ReplayEvent event={event} />,
    },
  ];
}

/** The inbox of the providers' notifications. What did not match stands in quarantine, which is shown first. */
export function ProviderEventsPage() {
  const { t } = useTranslation();
  const list = useList<ProviderEvent>('/admin/provider-events', (filter) => ({
    state: chosen(filter('state'), INITIAL),
    subjectId: filter('subject'),
  }));
  const open = list.filter('open');
  return (
    <>
      <PageHead title={t('nav.quarantine')} />
      <Filters>
        <ChoiceFilter
          list={list}
          name="state"
          label={t('status')}
          kind="eventState"
          values={STATES}
          initial={INITIAL}
        />
        <SearchFilter list={list} name="subject" label={t('subjectSearch')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns()}
        emptyText={t('nothingToDo')}
        onOpen={({ id }) => list.change({ open: id })}
      />
      <ProviderEventDrawer id={open} onClose={() => list.change({ open: '' })} />
    </>
  );
}
