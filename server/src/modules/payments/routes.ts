/** The routes of customers and providers. */
import { z } from 'zod';
import { SECOND_MS } from '../../kernel/clock.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { createRateLimiter, type Router, requireCaller } from '../../kernel/http/index.ts';
import { refreshOpenAttempt } from './attempts/query-payment.ts';
import type { PaymentsDeps } from './deps.ts';
import { handleNotification } from './notifications/handle-notification.ts';
import { purposeOf } from './payment.ts';
import { findPayment } from './payment-repository.ts';
import { isOpen } from './payment-states.ts';
import { paymentView, toPaymentView } from './views.ts';

/** For a provider that is not there, whose notification is answered 404. */
const NOTIFICATION_LIMIT_BYTES = 64 * 1_024;
/** Whoever sends so many texts that nobody has signed is no provider. */
const HINT_LIMIT = { points: 30, perSeconds: 60 };
/** A reader does not wait longer for a provider (RULES 6). */
const QUERY_ON_READ_DEADLINE_MS = 2 * SECOND_MS;

export function registerRoutes(router: Router, deps: PaymentsDeps): void {
  const takeHintPoint = createRateLimiter('notification hint', HINT_LIMIT);
  const providerOf = ({ params }: { readonly params: unknown }) => (params as { provider: string }).provider;
  router.rawRoute(
    {
      method: 'POST',
      url: '/payments/notify/:provider',
      summary: 'Notifications of payment providers, in their own formats',
      tag: 'Payments',
      limitOf: (request) =>
        deps.gateways.byProvider(providerOf(request))?.capabilities.notificationBodyLimitBytes ??
        NOTIFICATION_LIMIT_BYTES,
    },
    async (request, reply) => {
      const incoming = {
        headers: request.headers,
        // A request without a body reaches us without a buffer.
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        receivedAt: deps.clock.now(),
      };
      const answer = await handleNotification(deps, providerOf(request), incoming, () =>
        takeHintPoint(request.ip),
      );
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
