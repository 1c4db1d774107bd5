import { useQuery } from '@tanstack/react-query';
import { Button, Card, Descriptions, Flex, Form, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { wordFor } from '../../language.ts';
import type { DisputeDetail } from '../../types/operations.ts';
import { given, TextField } from '../fields.tsx';
import { History } from '../history.tsx';
import { Answered, Problem } from '../notices.tsx';
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
  const path = `/admin/disputes/${dispute.id}`;
  const noteOf = () => given(form.getFieldValue('note') as string | undefined);
  const saveNote = () => noting.mutate({ method: 'PATCH', path, body: { note: noteOf() ?? null } });
  const markAnswered = () => {
    const note = noteOf();
    const body = note === undefined ? {} : { note };
    answering.mutate({ method: 'POST', path: `${path}/answered`, body });
  };
  const problem = noting.error ?? answering.error;
  return (
    <Card title={t('disputeAnswer')}>
      <Form form={form} layout="vertical" initialValues={{ note: dispute.note ?? '' }}>
        <TextField
          name="note"
          label={t('noteOptional')}
          isRequired={false}
          maxLength={2_000}
          rows={3}
          extra={t('markAnsweredHint')}
        />
        {problem !== null && <Problem error={problem} />}
        <Flex gap="small">
          {OPEN.includes(dispute.status) && (
            <Button type="primary" onClick={markAnswered} loading={answering.isPending}>
              {t('markAnswered')}
            </Button>
          )}
          <Button onClick={saveNote} loading={noting.isPending}>
            {t('saveNote')}
          </Button>
        </Flex>
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
      <div className="columns">
        <div className="stack">
          <Card title={t('details')}>
            <Descriptions
              layout="vertical"
              colon={false}
              size="small"
              column={{ xs: 1, sm: 2, md: 3 }}
              items={[
                { label: t('disputed'), children: <Amount amount={dispute.amount} currency={currency} /> },
                {
                  label: t('disputeHeld'),
                  children: <Amount amount={dispute.heldAmount} currency={currency} />,
                },
                { label: t('reason'), children: wordFor('disputeReason', dispute.reason) },
                { label: t('order'), children: <Id id={dispute.purpose.id} /> },
                { label: t('payment'), children: <Id id={dispute.paymentId} /> },
                { label: t('provider'), children: wordFor('provider', dispute.provider) },
                { label: t('evidenceDue'), children: <Moment at={dispute.evidenceDueAt} /> },
                { label: t('opened'), children: <Moment at={dispute.openedAt} /> },
                { label: t('answered'), children: <Moment at={dispute.answeredAt} /> },
              ].map((item) => ({ ...item, key: item.label }))}
            />
          </Card>
          {may('payments.write') && <Answer key={dispute.note} dispute={dispute} />}
          <Movements movements={dispute.movements} />
        </div>
        <History steps={dispute.history} />
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
  return <Answered query={dispute}>{(found) => <DisputeView dispute={found} />}</Answered>;
}
