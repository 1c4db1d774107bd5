import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { shopApi } from '../api.ts';
import { wordFor } from '../language.ts';
import { Answered } from '../light/notices.tsx';
import { formatMoment } from '../moments.ts';
import { formatMoney } from '../money.ts';
import type { OrderSummary } from '../types/orders.ts';
import type { Page } from '../types/page.ts';
import { Pager } from './pager.tsx';

function OrderCard({ order }: { readonly order: OrderSummary }) {
  const { t, i18n } = useTranslation();
  const isRefund = ['refund_pending', 'partially_refunded', 'refunded'].includes(order.paymentStatus);
  return (
    <li>
      <Link className="card order-card" to={`/orders/${order.id}`}>
        <span>
          <strong>{order.orderNumber}</strong>
          <small className="quiet">{formatMoment(order.placedAt, i18n.language)}</small>
        </span>
        <span>
          <strong>{formatMoney(order.total, order.currency, i18n.language)}</strong>
          <span className={`state ${order.status}`}>
            {wordFor('order', order.status)}
            {isRefund && ` · ${wordFor('paymentStatus', order.paymentStatus)}`}
          </span>
        </span>
      </Link>
      {order.status === 'pending' && order.paymentStatus === 'unpaid' && (
        <a className="button small" href={`/cashier/${order.id}`}>
          {t('pay')}
        </a>
      )}
    </li>
  );
}

export function Orders() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  const page = Math.max(1, Number(parameters.get('page')) || 1);
  const orders = useQuery({
    queryKey: ['orders', page],
    queryFn: () => shopApi.get<Page<OrderSummary>>('/orders', { page, limit: 20 }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <h1>{t('myOrders')}</h1>
      <Answered query={orders}>
        {({ items, pagination }) => (
          <>
            {items.length === 0 && (
              <div className="nothing">
                <p>{t('noOrders')}</p>
                <Link className="button" to="/">
                  {t('backToShop')}
                </Link>
              </div>
            )}
            <ul className="order-list">
              {items.map((order) => (
                <OrderCard key={order.id} order={order} />
              ))}
            </ul>
            <Pager pagination={pagination} />
          </>
        )}
      </Answered>
    </>
  );
}
