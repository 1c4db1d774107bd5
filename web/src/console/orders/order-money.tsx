import { Alert, Card, Empty, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { wordFor } from '../../language.ts';
import type { StaffOrder } from '../../types/operations.ts';
import type { OrderPayment, OrderRefund } from '../../types/orders.ts';
import { DisputesTable } from '../money/disputes-table.tsx';
import { Amount, Id, Moment, Status } from '../values.tsx';

function Payments({ payments }: { readonly payments: readonly OrderPayment[] }) {
  const { t } = useTranslation();
  return (
    <Table<OrderPayment>
      size="small"
      rowKey="id"
      dataSource={[...payments]}
      pagination={false}
      scroll={{ x: 560 }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('noPayments')} /> }}
      columns={[
        { title: t('payment'), render: (_value, { id }) => <Id id={id} isShort /> },
        { title: t('method'), render: (_value, { method }) => wordFor('method', method) },
        {
          title: t('status'),
          render: (_value, { status, reason, isSurplus }) => (
            <>
              <Status kind="attempt" value={status} />
              {isSurplus && <Tag color="purple">{t('surplus')}</Tag>}
              {reason !== null && <small className="faint">{wordFor('paymentReason', reason)}</small>}
            </>
          ),
        },
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

export function RefundsTable({ refunds }: { readonly refunds: readonly OrderRefund[] }) {
  const { t } = useTranslation();
  return (
    <Table<OrderRefund>
      size="small"
      rowKey="id"
      dataSource={[...refunds]}
      pagination={false}
      scroll={{ x: 560 }}
      columns={[
        { title: t('refund'), render: (_value, { id }) => <Id id={id} isShort /> },
        { title: t('origin'), render: (_value, { origin }) => wordFor('origin', origin) },
        { title: t('reason'), render: (_value, { reason }) => reason },
        {
          title: t('status'),
          render: (_value, { status, isByHand, to }) => (
            <>
              <Status kind="refund" value={status} />
              {isByHand && <Tag color="purple">{t('byHand')}</Tag>}
              {to === 'store_credit' && <Tag color="purple">{t('storeCredit')}</Tag>}
            </>
          ),
        },
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

/** Attempts to pay, and what went back. */
export function OrderMoney({ order }: { readonly order: StaffOrder }) {
  const { t } = useTranslation();
  return (
    <>
      <Card title={t('attempts')}>
        <Payments payments={order.payments} />
      </Card>
      {order.refundRequests.some(({ status }) => status === 'requested') && (
        <Alert
          type="warning"
          showIcon
          title={<Link to={`/refund-requests?order=${order.id}&status=all`}>{t('customerAsked')}</Link>}
        />
      )}
      {order.disputes.length > 0 && (
        <Card title={t('disputes')}>
          <DisputesTable disputes={order.disputes} />
        </Card>
      )}
      {order.refunds.length > 0 && (
        <Card title={t('refunds')}>
          <RefundsTable refunds={order.refunds} />
        </Card>
      )}
    </>
  );
}
