import { useQuery } from '@tanstack/react-query';
import { Alert, Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { consoleApi } from '../../api.ts';
import { formatMoment } from '../../moments.ts';
import type { StaffOrder } from '../../types/operations.ts';
import { Answered } from '../notices.tsx';
import { PageHead } from '../page-head.tsx';
import { AssessmentsCard } from '../risk/assessments-card.tsx';
import { Status } from '../values.tsx';
import { OrderActions } from './order-actions.tsx';
import { OrderFacts } from './order-facts.tsx';
import { OrderLines } from './order-lines.tsx';
import { OrderMoney } from './order-money.tsx';
import { OrderTimeline } from './order-timeline.tsx';

const REFRESH_MS = 5_000;
const REFUNDS_UNDER_WAY = ['reserved', 'sent', 'unknown'];

/** Whether the program is working on the order, so that the page should follow. */
function isMoving(order: StaffOrder): boolean {
  return (
    order.status === 'pending' ||
    order.isClosing ||
    order.refunds.some(({ status }) => REFUNDS_UNDER_WAY.includes(status))
  );
}

function OrderView({ order }: { readonly order: StaffOrder }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <PageHead
        back={{ to: '/', name: t('orders') }}
        title={order.orderNumber}
        tags={
          <>
            <Status kind="order" value={order.status} />
            <Status kind="paymentStatus" value={order.paymentStatus} />
            <Status kind="fulfilment" value={order.fulfilmentStatus} />
            {order.disputeStatus !== null && <Status kind="dispute" value={order.disputeStatus} />}
          </>
        }
        actions={<OrderActions order={order} />}
      />
      <div className="columns">
        <div className="stack">
          {order.isClosing && <Alert type="warning" showIcon title={t('isClosing')} />}
          {order.expiresAt !== null && (
            <Alert
              type="info"
              showIcon
              title={t('payUntil', { at: formatMoment(order.expiresAt, i18n.language) })}
            />
          )}
          <OrderLines order={order} />
          <OrderMoney order={order} />
          <AssessmentsCard
            of={{ purposeId: order.id }}
            isWaiting={order.payments.some(({ status }) => status === 'requires_review')}
          />
          <OrderFacts order={order} />
        </div>
        <Card title={t('timeline')}>
          <OrderTimeline order={order} />
        </Card>
      </div>
    </>
  );
}

export function OrderPage() {
  const { id = '' } = useParams();
  const order = useQuery({
    queryKey: ['/admin/orders', id],
    queryFn: () => consoleApi.get<StaffOrder>(`/admin/orders/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data !== undefined && isMoving(state.data) ? REFRESH_MS : false),
  });
  return <Answered query={order}>{(found) => <OrderView order={found} />}</Answered>;
}
