import { Table, type TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { wordFor } from '../../language.ts';
import type { Dispute } from '../../types/operations.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';

/** What a list of disputes shows of each. */
export function useDisputeColumns(): NonNullable<TableProps<Dispute>['columns']> {
  const { t } = useTranslation();
  return [
    { title: t('dispute'), render: (_value, { id }) => <Id id={id} isShort /> },
    { title: t('order'), render: (_value, { purpose }) => <Id id={purpose.id} isShort /> },
    { title: t('status'), render: (_value, { status }) => <Status kind="dispute" value={status} /> },
    { title: t('reason'), render: (_value, { reason }) => wordFor('disputeReason', reason) },
    { title: t('evidenceDue'), render: (_value, { evidenceDueAt }) => <Moment at={evidenceDueAt} /> },
    { title: t('answered'), render: (_value, { answeredAt }) => <Moment at={answeredAt} /> },
    {
      title: t('disputed'),
      align: 'right',
      render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
    },
    {
      title: t('disputeHeld'),
      align: 'right',
      render: (_value, { heldAmount, currency }) => <Amount amount={heldAmount} currency={currency} />,
    },
  ];
}

/** The few disputes of one order. */
export function DisputesTable({ disputes }: { readonly disputes: readonly Dispute[] }) {
  return (
    <Table<Dispute>
      size="small"
      rowKey="id"
      dataSource={[...disputes]}
      pagination={false}
      scroll={{ x: 640 }}
      columns={useDisputeColumns()}
    />
  );
}
