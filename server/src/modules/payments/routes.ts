/** The routes of customers and providers. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { type Router, requireCaller } from '../../kernel/http/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { handleNotification } from './handle-notification.ts';
import { purposeOf } from './payment.ts';
import { findPayment } from './payment-repository.ts';
import { isOpen } from './payment-states.ts';
import { refreshOpenAttempt } from './query-payment.ts';
import { paymentView, toPaymentView } from './views.ts';

const NOTIFICATION_LIMIT_BYTES = 1_024 * 1_024;
/** A reader does not wait longer for a provider (RULES 6). */
const QUERY_ON_READ_DEADLINE_MS = 2 * SECOND_MS;

export function registerRoutes(router: Router, deps: PaymentsDeps): void {
  router.rawRoute(
    {
      method: 'POST',
      url: '/payments/notify/:provider',
      summary: 'Notifications of payment providers, in their own formats',
      tag: 'Payments',
      limit: NOTIFICATION_LIMIT_BYTES,
    },
    async (request, reply) => {
      const { provider } = request.params as { provider: string };
      const incoming = {
        headers: request.headers,
        // A request without a body reaches us without a buffer.
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        receivedAt: deps.clock.now(),
      };
      const answer = await handleNotification(deps, provider, incoming);
      if (answer === undefined) {
        throw new AppError(notFound);
      }
      return reply.status(answer.status).headers(answer.headers).send(answer.body);
    },
  );
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
