/** The routes of customers and providers. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { type Router, requireCaller } from '../../kernel/http/index.ts';
import { refreshOpenAttempt } from './attempts/query-payment.ts';
import type { PaymentsDeps } from './deps.ts';
import type { NotificationRoute } from './notifications/notification-route.ts';
import { purposeOf } from './payment.ts';
import { findPayment } from './payment-repository.ts';
import { isOpen } from './payment-states.ts';
import { paymentView, toPaymentView } from './views.ts';

/** A reader does not wait longer for a provider (RULES 6). */
const QUERY_ON_READ_DEADLINE_MS = 2 * SECOND_MS;

export function registerRoutes(
  router: Router,
  deps: PaymentsDeps,
  openDoor: (router: Router, route: NotificationRoute) => void,
): void {
  openDoor(router, {
    url: '/payments/notify/:provider',
    summary: 'Notifications of payment providers, in their own formats',
    tag: 'Payments',
    providerOf: ({ provider = '' }) => provider,
  });
  router.route(
    {
      method: 'GET',
      url: '/payments/:id',
      summary: 'A payment of the caller; an open one is asked for at its provider first',
      tag: 'Payments',
      access: 'user',
      params: z.object({ id: z.string().max(64) }),
      data: paymentView,
      errors: [notFound],
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const row = await findPayment(deps.db, context.params.id);
      if (row === undefined || row.customer_id !== userId) {
        throw new AppError(notFound);
      }
      if (!isOpen(row.status)) {
        return toPaymentView(row);
      }
      await refreshOpenAttempt(deps, purposeOf(row), QUERY_ON_READ_DEADLINE_MS);
      return toPaymentView((await findPayment(deps.db, row.id)) ?? row);
    },
  );
}
