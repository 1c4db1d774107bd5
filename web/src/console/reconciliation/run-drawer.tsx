import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Descriptions, Drawer, Flex, Table, type TableProps } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { BillReport, BillSum } from '../../types/reconciliation.ts';
import { Loading, Problem } from '../notices.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { Amount, Moment, Status } from '../values.tsx';
import { DownloadDifferences } from './download-differences.tsx';

/** How often a run that waits for its bill is looked at again. */
const REFRESH_MS = 3_000;

function useSumColumns(): NonNullable<TableProps<BillSum>['columns']> {
  const { t } = useTranslation();
  const side = (count: number, amount: number, currency: string) => (
    <>
      <Amount amount={amount} currency={currency} />
      <small className="faint"> × {count}</small>
    </>
  );
  return [
    { title: t('type'), render: (_value, { type }) => wordFor('billType', type) },
    {
      title: t('bill'),
      align: 'right',
      render: (_value, { bill, currency }) => side(bill.count, bill.amount, currency),
    },
    {
      title: t('ourBooks'),
      align: 'right',
      render: (_value, { here, currency }) => side(here.count, here.amount, currency),
    },
    {
      title: t('ledger'),
      align: 'right',
      render: (_value, { ledgerAmount, currency, isLedgerAgreed }) => (
        <>
          <Amount amount={ledgerAmount} currency={currency} />{' '}
          <Status kind="ledger" value={isLedgerAgreed ? 'agreed' : 'failed'} />
        </>
      ),
    },
    {
      title: t('fees'),
      align: 'right',
      render: (_value, { bill, currency }) => <Amount amount={bill.fee} currency={currency} />,
    },
    {
      title: t('feeCorrection'),
      align: 'right',
      render: (_value, { feePosted, currency }) => <Amount amount={feePosted} currency={currency} />,
    },
  ];
}

function ReportView({ report }: { readonly report: BillReport }) {
  const { t } = useTranslation();
  const columns = useSumColumns();
  return (
    <Flex vertical gap="middle">
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'status', label: t('status'), children: <Status kind="billRun" value={report.status} /> },
          { key: 'merchant', label: t('merchant'), children: report.merchantAccount },
          {
            key: 'outcome',
            label: t('bill'),
            children: `${wordFor('billOutcome', report.outcome ?? 'none')} ${report.reason ?? ''}`,
          },
          { key: 'lines', label: t('billLines'), children: report.lines },
          { key: 'due', label: t('billDue'), children: <Moment at={report.dueAt} /> },
          { key: 'downloaded', label: t('downloaded'), children: <Moment at={report.downloadedAt} /> },
          { key: 'finished', label: t('compared'), children: <Moment at={report.finishedAt} /> },
        ]}
      />
      <Table<BillSum>
        size="small"
        rowKey={({ type, currency }) => `${type} ${currency}`}
        columns={columns}
        dataSource={[...report.sums]}
        pagination={false}
        scroll={{ x: 'max-content' }}
      />
      <Flex gap="small" wrap>
        {report.differences.map(({ kind, state, count }) => (
          <span key={`${kind} ${state}`}>
            <Status kind="differenceState" value={state} /> {wordFor('differenceKind', kind)} {count}
          </span>
        ))}
      </Flex>
    </Flex>
  );
}

function RunAgain({ report }: { readonly report: BillReport }) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  const { provider, merchantAccount, date } = report;
  const again = () =>
    act.mutate({
      method: 'POST',
      path: '/admin/reconciliation/runs',
      body: { provider, merchantAccount, date },
    });
  return may('reconciliation.write') ? (
    <Button loading={act.isPending} onClick={again}>
      {t('runAgain')}
    </Button>
  ) : null;
}

/** The calendar and the list below show what a run has found as soon as it is done. */
function useListsFollow(status: string | undefined): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (status === 'done') {
      void queryClient.invalidateQueries({ queryKey: ['/admin/reconciliation/differences'] });
      void queryClient.invalidateQueries({ queryKey: ['/admin/reconciliation/runs'] });
    }
  }, [queryClient, status]);
}

/** One day's report at the side. Empty `id`: closed. */
export function RunDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const report = useQuery({
    queryKey: ['/admin/reconciliation/runs', id],
    queryFn: () => consoleApi.get<BillReport>(`/admin/reconciliation/runs/${encodeURIComponent(id)}`),
    enabled: id !== '',
    refetchInterval: ({ state }) => (state.data?.status === 'waiting' ? REFRESH_MS : false),
  });
  const { data } = report;
  useListsFollow(data?.status);
  return (
    <Drawer
      open={id !== ''}
      size={760}
      title={data === undefined ? id : `${wordFor('provider', data.provider)} ${data.date}`}
      extra={
        data !== undefined && (
          <Flex gap="small">
            <DownloadDifferences runId={data.id} name={`${data.provider}-${data.date}`} />
            <RunAgain report={data} />
          </Flex>
        )
      }
      onClose={onClose}
    >
      {report.isPending && <Loading />}
      {report.isError && <Problem error={report.error} onRetry={() => void report.refetch()} />}
      {data !== undefined && <ReportView report={data} />}
    </Drawer>
  );
}
