import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, shopApi } from '../api.ts';
import { Frame } from '../light/frame.tsx';
import { Loading, Problem } from '../light/notices.tsx';
import { useSettings } from '../light/use-settings.ts';
import { formatMoney } from '../money.ts';
import { shopSession } from '../session.ts';
import type { Order } from '../types/orders.ts';
import { useSession } from '../use-session.ts';
import { Countdown } from './countdown.tsx';
import { nextQuestionMs, phaseOf } from './follow.ts';
import { Outcome } from './outcome.tsx';
import { PayBox } from './pay-box.tsx';

function useOrder(orderId: string, isEnabled: boolean) {
  const [openedAt] = useState(() => performance.now());
  return useQuery({
    queryKey: ['order', orderId],
    queryFn: () => shopApi.get<Order>(`/orders/${orderId}`),
    enabled: isEnabled,
    retry: false,
    refetchOnWindowFocus: 'always',
    refetchInterval: ({ state }) => {
      const isRefused = state.error instanceof ApiError && [401, 404].includes(state.error.status);
      return isRefused
        ? false
        : nextQuestionMs(state.data, {
            failures: state.fetchFailureCount,
            followedMs: performance.now() - openedAt,
          });
    },
  });
}

function LogInFirst({ orderId }: { readonly orderId: string }) {
  const { t } = useTranslation();
  const next = new URLSearchParams({ next: `/cashier/${orderId}` }).toString();
  return (
    <section className="card narrow centred">
      <p>{t('logInFirst')}</p>
      <a className="button wide" href={`/shop/log-in?${next}`}>
        {t('logIn')}
      </a>
    </section>
  );
}

function Payable({ order, phoneUrl }: { readonly order: Order; readonly phoneUrl: string | undefined }) {
  const { t, i18n } = useTranslation();
  return (
    <section className="card narrow centred">
      <p className="quiet">{t('toPay')}</p>
      <p className="amount">{formatMoney(order.total, order.currency, i18n.language)}</p>
      <p className="quiet">{t('orderNumber', { number: order.orderNumber })}</p>
      {order.expiresAt !== null && <Countdown until={order.expiresAt} />}
      <PayBox order={order} phoneUrl={phoneUrl} />
    </section>
  );
}

/** The page on which one order is paid. It shows what the server says, and follows it. */
export function Cashier({ orderId }: { readonly orderId: string }) {
  const session = useSession(shopSession);
  const order = useOrder(orderId, session !== undefined && orderId !== '');
  const settings = useSettings();
  const retry = () => {
    void order.refetch();
  };
  const content = () => {
    if (session === undefined) {
      return <LogInFirst orderId={orderId} />;
    }
    if (order.data === undefined) {
      const error = orderId === '' ? new ApiError(404, 'not_found', {}) : order.error;
      return error === null ? <Loading /> : <Problem error={error} onRetry={retry} />;
    }
    return phaseOf(order.data) === 'payable' ? (
      <Payable order={order.data} phoneUrl={settings.data?.simulators?.phoneUrl} />
    ) : (
      <Outcome order={order.data} onAsk={retry} />
    );
  };
  return (
    <Frame>
      {content()}
      {order.data !== undefined && order.isError && <Problem error={order.error} onRetry={retry} />}
    </Frame>
  );
}
