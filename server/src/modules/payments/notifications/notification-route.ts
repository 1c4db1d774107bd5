/** The door of the inbox: raw bytes in, the provider's own format out, at whatever address a provider was given. */
import { AppError, notFound } from '../../../kernel/errors.ts';
import { createRateLimiter, type Router } from '../../../kernel/http/index.ts';
import type { PaymentsDeps } from '../deps.ts';
import { handleNotification } from './handle-notification.ts';

/** For a provider that is not there, whose notification is answered 404. */
const NOTIFICATION_LIMIT_BYTES = 64 * 1_024;
/** Whoever sends so many texts that nobody has signed is no provider. */
const HINT_LIMIT = { points: 30, perSeconds: 60 };

/** An address that notifications come to. */
export interface NotificationRoute {
  readonly url: string;
  readonly summary: string;
  readonly tag: string;
  /** Whose notifications they are, by the parameters of the address. */
  readonly providerOf: (params: Readonly<Record<string, string>>) => string;
  /** What unsigned ones are counted by, by the same parameters; the caller's network address without it. */
  readonly countedBy?: (params: Readonly<Record<string, string>>) => string;
}

/** Answers how to open another door; all of them lead to one inbox and one limit of hints. */
export function createNotificationDoors(
  deps: PaymentsDeps,
): (router: Router, route: NotificationRoute) => void {
  const takeHintPoint = createRateLimiter('notification hint', HINT_LIMIT);
  return (router, { providerOf, countedBy, ...route }) => {
    const paramsOf = ({ params }: { readonly params: unknown }) => params as Readonly<Record<string, string>>;
    router.rawRoute(
      {
        ...route,
        method: 'POST',
        limitOf: (request) =>
          deps.gateways.byProvider(providerOf(paramsOf(request)))?.capabilities.notificationBodyLimitBytes ??
          NOTIFICATION_LIMIT_BYTES,
      },
      async (request, reply) => {
        const params = paramsOf(request);
        const incoming = {
          headers: request.headers,
          // A request without a body reaches us without a buffer.
          body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          receivedAt: deps.clock.now(),
        };
        const answer = await handleNotification(deps, providerOf(params), incoming, () =>
          takeHintPoint(countedBy?.(params) ?? request.ip),
        );
        if (answer === undefined) {
          throw new AppError(notFound);
        }
        return reply.status(answer.status).headers(answer.headers).send(answer.body);
      },
    );
  };
}
