import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { shopApi } from '../api.ts';
import { wordFor } from '../language.ts';
import { Answered } from '../light/notices.tsx';
import { OrderLines } from '../light/order-lines.tsx';
import { formatMoment } from '../moments.ts';
import { formatMoney } from '../money.ts';
import { personName } from '../person-name.ts';
import type { Address, Order } from '../types/orders.ts';
import { CancelOrder } from './cancel-order.tsx';
import { RequestRefund } from './request-refund.tsx';

const REFRESH_MS = 5_000;

function AddressText({ address }: { readonly address: Address }) {
  const { street1, street2, city, state, zipCode, country, phone } = address;
  const lines = [[personName(address)], [street1, street2], [zipCode, city, state, country], [phone]];
  return (
    <address>
      {lines
        .map((parts) => parts.filter(Boolean).join(' '))
        .filter(Boolean)
        .map((line) => (
          <span key={line}>{line}</span>
        ))}
    </address>
  );
}

function Sums({ order }: { readonly order: Order }) {
  const { t, i18n } = useTranslation();
  const money = (amount: number) => formatMoney(amount, order.currency, i18n.language);
  const extras = (['discount', 'tax', 'shipping'] as const).filter((name) => order[name] !== 0);
  const shown = extras.length === 0 ? [] : (['subtotal', ...extras] as const);
  return (
    <>
      {shown.map((name) => (
        <p key={name} className="sum">
          <span>{t(name)}</span>
          <span>{money(name === 'discount' ? -order.discount : order[name])}</span>
        </p>
      ))}
      <p className="sum total">
        <span>{t('total')}</span>
        <strong>{money(order.total)}</strong>
      </p>
    </>
  );
}

function Refunds({ order }: { readonly order: Order }) {
  const { t, i18n } = useTranslation();
  if (order.refunds.length === 0) {
    return null;
  }
  return (
    <section className="card">
      <h2>{t('refunds')}</h2>
      {order.refunds.map((refund) => (
        <p key={refund.id} className="sum">
          <span>
            {wordFor('refund', refund.status)}
            {refund.to === 'store_credit' && ` · ${t('storeCredit')}`}
          </span>
          <strong>{formatMoney(refund.amount, refund.currency, i18n.language)}</strong>
        </p>
      ))}
    </section>
  );
}

function OrderView({ order }: { readonly order: Order }) {
  const { t, i18n } = useTranslation();
  const { carrier, trackingNumber } = order;
  const isOpen = order.status === 'pending' && order.paymentStatus === 'unpaid' && !order.isClosing;
  return (
    <>
      <h1>{t('orderNumber', { number: order.orderNumber })}</h1>
      <p className="order-states">
        <span className={`state ${order.status}`}>{wordFor('order', order.status)}</span>
        <span className="state">{wordFor('paymentStatus', order.paymentStatus)}</span>
        <span className="quiet">{t('placedAt', { at: formatMoment(order.placedAt, i18n.language) })}</span>
      </p>
      {isOpen && (
        <a className="button wide" href={`/cashier/${order.id}`}>
          {t('pay')}
        </a>
      )}
      <section className="card">
        <OrderLines lines={order.items} currency={order.currency} />
        <Sums order={order} />
      </section>
      <Refunds order={order} />
      {order.shippingAddress !== null && (
        <section className="card">
          <h2>{t('shippingAddress')}</h2>
          <AddressText address={order.shippingAddress} />
          {carrier !== null && trackingNumber !== null && (
            <p>{t('tracking', { carrier, number: trackingNumber })}</p>
          )}
        </section>
      )}
      <RequestRefund order={order} />
      <CancelOrder order={order} />
    </>
  );
}

export function OrderPage() {
  const { id = '' } = useParams();
  const order = useQuery({
    queryKey: ['order', id],
    queryFn: () => shopApi.get<Order>(`/orders/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) =>
      state.data?.isClosing || state.data?.paymentStatus === 'refund_pending' ? REFRESH_MS : false,
  });
  return <Answered query={order}>{(found) => <OrderView order={found} />}</Answered>;
}
