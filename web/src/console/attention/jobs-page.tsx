import { useQuery } from '@tanstack/react-query';
import { Button, Empty, Popconfirm, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import type { DeadJob } from '../../types/operations.ts';
import { Problem } from '../notices.tsx';
import { PageHead } from '../page-head.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { Json, Moment } from '../values.tsx';

function ReplayJob({ job }: { readonly job: DeadJob }) {
  const { t } = useTranslation();
  const may = useMay();
  const act = useAct();
  if (!may('jobs.write')) {
    return null;
  }
  const replay = () => act.mutate({ method: 'POST', path: `/admin/jobs/${job.id}/replay` });
  return (
    <Popconfirm title={t('replayJobAsk')} okText={t('replay')} cancelText={t('cancel')} onConfirm={replay}>
      <Button size="small" loading={act.isPending}>
        {t('replay')}
      </Button>
    </Popconfirm>
  );
}

function JobsTable({ jobs, isLoading }: { readonly jobs: readonly DeadJob[]; readonly isLoading: boolean }) {
  const { t } = useTranslation();
  return (
    <Table<DeadJob>
      size="middle"
      rowKey="id"
      dataSource={[...jobs]}
      loading={isLoading}
      scroll={{ x: 'max-content' }}
      pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('nothingToDo')} /> }}
      expandable={{
        expandedRowRender: ({ payload, error }) => <Json value={{ payload, error }} />,
      }}
      columns={[
        { title: t('job'), render: (_value, { name }) => <code>{name}</code> },
        { title: t('key'), dataIndex: 'key', className: 'id' },
        { title: t('tries'), align: 'right', dataIndex: 'attempts' },
        { title: t('error'), render: (_value, { error }) => <span className="cut">{error}</span> },
        { title: t('died'), render: (_value, { diedAt }) => <Moment at={diedAt} /> },
        { key: 'replay', align: 'right', render: (_value, job) => <ReplayJob job={job} /> },
      ]}
    />
  );
}

/** Jobs that gave up after all their tries. */
export function JobsPage() {
  const { t } = useTranslation();
  const jobs = useQuery({
    queryKey: ['/admin/jobs'],
    queryFn: () => consoleApi.get<{ readonly items: readonly DeadJob[] }>('/admin/jobs'),
  });
  return (
    <>
      <PageHead title={t('nav.jobs')} />
      {jobs.isError && (
        <Problem
          error={jobs.error}
          onRetry={() => {
            void jobs.refetch();
          }}
        />
      )}
      {(!jobs.isError || jobs.data !== undefined) && (
        <JobsTable jobs={jobs.data?.items ?? []} isLoading={jobs.isPending} />
      )}
    </>
  );
}
