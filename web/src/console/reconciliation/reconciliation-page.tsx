import { useQuery } from '@tanstack/react-query';
import { Empty, type TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { BillAccount, BillDifference } from '../../types/reconciliation.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { Loading, Problem } from '../notices.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { RunCalendar } from './calendar.tsx';
import { DifferenceActions } from './difference-actions.tsx';
import { RunDrawer } from './run-drawer.tsx';

const INITIAL = 'open';
const STATES = ['open', 'carried', 'explained', 'resolved'];
const KINDS = ['missing_here', 'missing_there', 'amount', 'merchant', 'status', 'fee', 'duplicate'];

function Side({ side, kind }: { readonly side: BillDifference['there']; readonly kind: string }) {
  if (side === null) {
    return <span className="faint">–</span>;
  }
  return (
    <>
      <Amount amount={side.amount} currency={side.currency} />
      {kind === 'fee' && side.fee !== null && (
        <small className="faint">
          {' '}
          <Amount amount={side.fee} currency={side.currency} />
        </small>
      )}
      {kind === 'status' && <small className="faint"> {wordFor('billStatus', side.status)}</small>}
      {kind === 'merchant' && <small className="faint"> {side.merchantAccount}</small>}
    </>
  );
}

function useColumns(): NonNullable<TableProps<BillDifference>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('date'), dataIndex: 'date' },
    { title: t('provider'), render: (_value, { provider }) => wordFor('provider', provider) },
    {
      title: t('difference'),
      render: (_value, { kind, type }) => `${wordFor('differenceKind', kind)} · ${wordFor('billType', type)}`,
    },
    { title: t('when'), render: (_value, { occurredAt }) => <Moment at={occurredAt} /> },
    {
      title: t('payment'),
      render: (_value, { paymentNumber, number }) => <Id id={paymentNumber ?? number} />,
    },
    { title: t('transaction'), render: (_value, { transactionId }) => <Id id={transactionId} /> },
    {
      title: t('bill'),
      align: 'right',
      render: (_value, { there, kind }) => <Side side={there} kind={kind} />,
    },
    {
      title: t('ourBooks'),
      align: 'right',
      render: (_value, { here, kind }) => <Side side={here} kind={kind} />,
    },
    {
      title: t('status'),
      render: (_value, { state, note, answer, resolution }) => (
        <>
          <Status kind="differenceState" value={state} />
          <small className="faint">
            {resolution !== null && wordFor('differenceResolution', resolution)} {note ?? answer}
          </small>
        </>
      ),
    },
    {
      key: 'actions',
      align: 'right',
      render: (_value, difference) => <DifferenceActions difference={difference} />,
    },
  ];
}

/** Which days agree with the providers' bills, and what does not. */
export function ReconciliationPage() {
  const { t } = useTranslation();
  const list = useList<BillDifference>('/admin/reconciliation/differences', (filter) => ({
    state: chosen(filter('state'), INITIAL),
    kind: chosen(filter('kind')),
    number: filter('number'),
  }));
  const columns = useColumns();
  const accounts = useQuery({
    queryKey: ['/admin/reconciliation/sources'],
    queryFn: () => consoleApi.get<{ items: BillAccount[] }>('/admin/reconciliation/sources'),
  });
  return (
    <>
      <PageHead title={t('nav.reconciliation')} />
      {accounts.isPending && <Loading />}
      {accounts.isError && <Problem error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {accounts.data?.items.length === 0 && <Empty description={t('noBills')} />}
      {accounts.data !== undefined && (
        <RunCalendar
          accounts={accounts.data.items}
          month={list.filter('month')}
          onMonth={(month) => list.change({ month })}
          onOpen={(run) => list.change({ run })}
        />
      )}
      <Filters>
        <ChoiceFilter
          list={list}
          name="state"
          label={t('status')}
          kind="differenceState"
          values={STATES}
          initial={INITIAL}
        />
        <ChoiceFilter list={list} name="kind" label={t('difference')} kind="differenceKind" values={KINDS} />
        <SearchFilter list={list} name="number" label={t('billNumber')} />
      </Filters>
      <DataTable list={list} rowKey="id" columns={columns} emptyText={t('nothingToDo')} />
      <RunDrawer id={list.filter('run')} onClose={() => list.change({ run: '' })} />
    </>
  );
}
