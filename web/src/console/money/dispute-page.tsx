import { useQuery } from '@tanstack/react-query';
import { Button, Card, Descriptions, Form, Input, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { DisputeDetail } from '../../types/operations.ts';
import { Loading, Problem } from '../notices.tsx';
import { PageHead } from '../page-head.tsx';
import { useAct } from '../use-act.ts';
import { useMay } from '../use-me.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';

const OPEN = ['needs_response', 'under_review'];

interface Fields {
  readonly note?: string;
}

/** Notes what is known, and says that the dispute was answered at its provider. */
function Answer({ dispute }: { readonly dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const noting = useAct();
  const answering = useAct();
  const noteOf = () => (form.getFieldValue('note') as string | undefined)?.trim() ?? '';
  const path = `/admin/disputes/${dispute.id}`;
  const saveNote = () => noting.mutate({ method: 'PATCH', path, body: { note: noteOf() || null } });
  const markAnswered = () => {
    const note = noteOf();
    const body = note === '' ? {} : { note };
    answering.mutate({ method: 'POST', path: `${path}/answered`, body });
  };
  const problem = noting.error ?? answering.error;
  return (
    <Card title={t('markAnswered')}>
      <Form form={form} layout="vertical" initialValues={{ note: dispute.note ?? '' }}>
        <p className="faint">{t('markAnsweredHint')}</p>
        <Form.Item name="note" label={t('noteOptional')}>
          <Input.TextArea rows={3} maxLength={2_000} />
        </Form.Item>
        {problem !== null && <Problem error={problem} />}
        <Button onClick={saveNote} loading={noting.isPending}>
          {t('saveNote')}
        </Button>
        {OPEN.includes(dispute.status) && (
          <Button type="primary" onClick={markAnswered} loading={answering.isPending}>
            {t('markAnswered')}
          </Button>
        )}
      </Form>
    </Card>
  );
}

function Movements({ movements }: Pick<DisputeDetail, 'movements'>) {
  const { t } = useTranslation();
  return (
    <Card title={t('moneyMoved')}>
      <Table<DisputeDetail['movements'][number]>
        size="small"
        rowKey="id"
        dataSource={[...movements]}
        pagination={false}
        columns={[
          { title: t('when'), render: (_value, { movedAt }) => <Moment at={movedAt} /> },
          { title: t('action'), render: (_value, { type }) => wordFor('movement', type) },
          {
            title: t('amount'),
            align: 'right',
            render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
          {
            title: t('fee'),
            align: 'right',
            render: (_value, { fee, currency }) => <Amount amount={fee} currency={currency} />,
          },
        ]}
      />
    </Card>
  );
}

function DisputeView({ dispute }: { readonly dispute: DisputeDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const { currency } = dispute;
  return (
    <>
      <PageHead
        back={{ to: '/disputes', name: t('disputes') }}
        title={dispute.providerDisputeId}
        tags={<Status kind="dispute" value={dispute.status} />}
      />
      <div className="stack">
        <Card>
          <Descriptions
            size="small"
            column={{ xs: 1, md: 2 }}
            items={[
              { label: t('order'), children: <Id id={dispute.purpose.id} /> },
              { label: t('payment'), children: <Id id={dispute.paymentId} /> },
              { label: t('reason'), children: dispute.reason },
              { label: t('disputed'), children: <Amount amount={dispute.amount} currency={currency} /> },
              { label: t('held'), children: <Amount amount={dispute.heldAmount} currency={currency} /> },
              { label: t('evidenceDue'), children: <Moment at={dispute.evidenceDueAt} /> },
              { label: t('opened'), children: <Moment at={dispute.openedAt} /> },
              { label: t('answered'), children: <Moment at={dispute.answeredAt} /> },
            ].map((item) => ({ ...item, key: item.label }))}
          />
        </Card>
        <Movements movements={dispute.movements} />
        {may('payments.write') && <Answer key={dispute.note} dispute={dispute} />}
      </div>
    </>
  );
}

export function DisputePage() {
  const { id = '' } = useParams();
  const dispute = useQuery({
    queryKey: ['/admin/disputes', id],
    queryFn: () => consoleApi.get<DisputeDetail>(`/admin/disputes/${encodeURIComponent(id)}`),
  });
  if (dispute.data !== undefined) {
    return <DisputeView dispute={dispute.data} />;
  }
  return dispute.isError ? (
    <Problem
      error={dispute.error}
      onRetry={() => {
        void dispute.refetch();
      }}
    />
  ) : (
    <Loading />
  );
}
