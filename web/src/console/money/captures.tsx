import { Card, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Capture, StaffPaymentDetail } from '../../types/operations.ts';
import { Amount, Id, Moment, Status } from '../values.tsx';

/** The money that was taken, and how much of it went back or will. */
export function Captures({ payment }: { readonly payment: StaffPaymentDetail }) {
  const { t } = useTranslation();
  if (payment.captures.length === 0) {
    return null;
  }
  return (
    <Card title={t('captures')}>
      <Table<Capture>
        size="small"
        rowKey="id"
        dataSource={[...payment.captures]}
        pagination={false}
        scroll={{ x: 560 }}
        columns={[
          { title: t('number'), render: (_value, { id }) => <Id id={id} isShort /> },
          {
            title: t('status'),
            render: (_value, { status, failure }) => (
              <>
                <Status kind="attempt" value={status} /> {failure !== null && <small>{failure}</small>}
              </>
            ),
          },
          { title: t('captured'), render: (_value, { capturedAt }) => <Moment at={capturedAt} /> },
          {
            title: t('amount'),
            align: 'right',
            render: (_value, { amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
          {
            title: t('surplus'),
            align: 'right',
            render: (_value, { surplusAmount, currency }) => (
              <Amount amount={surplusAmount} currency={currency} />
            ),
          },
          {
            title: t('returned'),
            align: 'right',
            render: (_value, { refundReserved, externalRefunded, currency }) => (
              <Amount amount={refundReserved + externalRefunded} currency={currency} />
            ),
          },
        ]}
      />
    </Card>
  );
}
