import { useQuery } from '@tanstack/react-query';
import { Drawer, Flex, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { AssessmentDetail } from '../../types/risk.ts';
import { Loading, Problem } from '../notices.tsx';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { AssessmentFacts } from './assessment-facts.tsx';

function History({ history }: Pick<AssessmentDetail, 'history'>) {
  const { t } = useTranslation();
  return (
    <Table<AssessmentDetail['history'][number]>
      size="small"
      rowKey="id"
      dataSource={[...history]}
      pagination={false}
      scroll={{ x: 480 }}
      columns={[
        { title: t('payment'), render: (_value, { id }) => <Id id={id} isShort /> },
        { title: t('method'), render: (_value, { method }) => wordFor('method', method) },
        { title: t('status'), render: (_value, { status }) => <Status kind="attempt" value={status} /> },
        { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
        {
          title: t('amount'),
          align: 'right',
          render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
        },
      ]}
    />
  );
}

/** One assessment at the side of the list. Empty `id`: closed. */
export function AssessmentDrawer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['/admin/risk/assessments', id],
    queryFn: () => consoleApi.get<AssessmentDetail>(`/admin/risk/assessments/${encodeURIComponent(id)}`),
    enabled: id !== '',
  });
  const retry = () => {
    void found.refetch();
  };
  return (
    <Drawer open={id !== ''} size={560} title={t('risk')} onClose={onClose}>
      {found.isPending && <Loading />}
      {found.isError && <Problem error={found.error} onRetry={retry} />}
      {found.data !== undefined && (
        <Flex vertical gap="middle">
          <Flex gap="middle">
            <Id id={found.data.paymentId} />
            <Id id={found.data.purpose.id} />
          </Flex>
          <AssessmentFacts assessment={found.data} />
          <Typography.Text strong>{t('customerHistory')}</Typography.Text>
          <History history={found.data.history} />
        </Flex>
      )}
    </Drawer>
  );
}
