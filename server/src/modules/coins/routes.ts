/** How customers buy coins. The paths and field names are those that callers of coin shops know. */
import { z } from 'zod';
import { AppError, notFound } from '../../kernel/errors.ts';
import { type RouteContext, type Router, requireCaller } from '../../kernel/http/index.ts';
import {
  orderTooLarge,
  payErrors,
  payFields,
  priceChanged,
  toMetadata,
  tooManyUnpaidOrders,
} from '../orders/index.ts';
import { type CoinsDeps, toPurpose } from './deps.ts';
import { buyCoins } from './place-coin-order.ts';
import { readActivePods } from './pods.ts';
import { coinOrderView, podView, startedView, toCoinOrderView, toPodView, toStartedView } from './views.ts';

const TAG = 'Coins';
const MAX_QUANTITY = 100;

const orderBody = z.strictObject({
  ...payFields,
  podId: z.string().min(1).max(64),
  quantity: z.int().min(1).max(MAX_QUANTITY).default(1),
  /** Compared with what it costs; never used. */
  expectedTotal: z.int().min(0).optional(),
  source: z.enum(['web', 'mobile', 'mini_program', 'api']).default('web'),
});

export function registerCoinRoutes(router: Router, deps: CoinsDeps): void {
  registerPods(router, deps);
  registerOrdering(router, deps);
  registerReading(router, deps);
  deps.payments.registerNotificationRoute(router, {
    url: '/coin/notify/:provider',
    summary: 'Notifications of payment providers, into the same inbox as `/payments/notify/:provider`',
    tag: TAG,
    providerOf: ({ provider = '' }) => provider,
  });
}

function registerPods(router: Router, { db }: CoinsDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/coin/pods',
      summary: 'Packages of coins that are for sale, in their order',
      tag: TAG,
      access: 'user',
      data: z.array(podView),
    },
    async () => (await readActivePods(db)).map(toPodView),
  );
}

function registerOrdering(router: Router, deps: CoinsDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/coin/order',
      summary: 'Buy a package of coins: places the order and opens its payment',
      description:
        'By every method that takes the money before anything is delivered; `native` and `web` are `alipay_qr` and `alipay_page`. The coins are credited when the money is here. It can be paid for `COIN_EXPIRE_TIME` minutes. Without an Idempotency-Key, the same package within a minute gives the same order with the header `Duplicate: true`. 202 with the status `requires_review` where a person must look at the payment first.',
      tag: TAG,
      access: 'user',
      body: orderBody,
      data: startedView,
      otherStatuses: [202],
      errors: [...payErrors, orderTooLarge, priceChanged, tooManyUnpaidOrders],
      isIdempotent: true,
    },
    (context) => order(deps, context),
  );
}

type OrderContext = RouteContext<unknown, unknown, z.infer<typeof orderBody>>;

async function order(deps: CoinsDeps, context: OrderContext): Promise<z.infer<typeof startedView>> {
  const { body, reply, ip, country, claimId } = context;
  const { source, ...purchase } = body;
  const { orderId, started, isRepeat } = await buyCoins(deps, {
    ...purchase,
    ...{ customerId: requireCaller(context).userId, ip, ipCountry: country, claimId },
    metadata: toMetadata(context, source),
  });
  if (isRepeat) {
    reply.header('Duplicate', 'true');
  }
  reply.status(started.status === 'requires_review' ? 202 : 200);
  return toStartedView(orderId, started);
}

function registerReading(router: Router, { db, orders, payments }: CoinsDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/coin/order/:id',
      summary: 'An order of coins of the caller; while it is unpaid, its provider is asked first',
      tag: TAG,
      access: 'user',
      params: z.object({ id: z.string().min(1).max(64) }),
      data: coinOrderView,
      errors: [notFound],
    },
    async (context) => {
      const { id } = context.params;
      const found = await orders.readOwnOrder(id, requireCaller(context).userId);
      const row = await db.query
        .selectFrom('coin_orders')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      if (found === undefined || row === undefined) {
        throw new AppError(notFound);
      }
      return toCoinOrderView(row, found, await payments.readPayments(db, toPurpose(id)));
    },
  );
}
