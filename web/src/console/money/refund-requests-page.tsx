import { Button, Flex, type TableProps, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { StaffRefundRequest } from '../../types/operations.ts';
import { DataTable } from '../data-table.tsx';
import { ChoiceFilter, chosen, Filters, SearchFilter } from '../filters.tsx';
import { RefundsTable } from '../orders/order-money.tsx';
import { PageHead } from '../page-head.tsx';
import { useList } from '../use-list.ts';
import { useMay } from '../use-me.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';
import { ApproveDialog, RejectDialog } from './refund-decision.tsx';

const INITIAL = 'requested';
const STATUSES = ['requested', 'reserved', 'rejected', 'withdrawn'];

interface Deciding {
  readonly request: StaffRefundRequest;
  readonly decision: 'approve' | 'reject';
}

function useColumns(
  decide: (deciding: Deciding) => void,
): NonNullable<TableProps<StaffRefundRequest>['columns']> {
  const { t } = useTranslation();
  const may = useMay();
  return [
    { title: t('created'), render: (_value, { createdAt }) => <Moment at={createdAt} /> },
    { title: t('order'), render: (_value, { orderId }) => <Id id={orderId} isShort /> },
    { title: t('origin'), render: (_value, { origin }) => wordFor('origin', origin) },
    {
      title: t('reason'),
      render: (_value, { reason, decisionReason, isReturn }) => (
        <>
          {reason} {isReturn && <Tag>{t('returnOfGoods')}</Tag>}
          {decisionReason !== null && <small className="faint">{decisionReason}</small>}
        </>
      ),
    },
    { title: t('status'), render: (_value, { status }) => <Status kind="refundRequest" value={status} /> },
    {
      title: t('requestedAmount'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
    {
      title: t('agreedAmount'),
      align: 'right',
      render: (_value, { approvedAmount, currency }) =>
        approvedAmount !== null && <Amount amount={approvedAmount} currency={currency} />,
    },
    {
      key: 'decide',
      align: 'right',
      render: (_value, request) =>
        request.status === 'requested' &&
        may('refunds.write') && (
          <Flex gap="small" justify="end">
            <Button size="small" type="primary" onClick={() => decide({ request, decision: 'approve' })}>
              {t('approve')}
            </Button>
            <Button size="small" danger onClick={() => decide({ request, decision: 'reject' })}>
              {t('reject')}
            </Button>
          </Flex>
        ),
    },
  ];
}

/** What customers want back: agreed to, to less if need be, or refused. */
export function RefundRequestsPage() {
  const { t } = useTranslation();
  const [deciding, setDeciding] = useState<Deciding>();
  const list = useList<StaffRefundRequest>('/admin/refund-requests', (filter) => ({
    status: chosen(filter('status'), INITIAL),
    orderId: filter('order'),
  }));
  const close = () => setDeciding(undefined);
  return (
    <>
      <PageHead title={t('nav.refundRequests')} />
      <Filters>
        <ChoiceFilter
          list={list}
          name="status"
          label={t('status')}
          kind="refundRequest"
          values={STATUSES}
          initial={INITIAL}
        />
        <SearchFilter list={list} name="order" label={t('orderId')} />
      </Filters>
      <DataTable
        list={list}
        rowKey="id"
        columns={useColumns(setDeciding)}
        emptyText={t('nothingToDo')}
        expandable={{
          expandedRowRender: ({ refunds }) => <RefundsTable refunds={refunds} />,
          rowExpandable: ({ refunds }) => refunds.length > 0,
        }}
      />
      {deciding?.decision === 'approve' && <ApproveDialog request={deciding.request} onClose={close} />}
      {deciding?.decision === 'reject' && <RejectDialog request={deciding.request} onClose={close} />}
    </>
  );
}
