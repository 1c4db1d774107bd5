/** Staff keeps the packages of coins, and looks at what was sold of them. */
import { z } from 'zod';
import { notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  dateRangeQuery,
  inputMessage,
  listOf,
  pagingQuery,
  type Router,
  readPage,
  requireCaller,
  toRangeMs,
} from '../../kernel/http/index.ts';
import { isCurrency } from '../../kernel/money.ts';
import { COIN } from '../wallet/index.ts';
import type { CoinsDeps } from './deps.ts';
import { podStatuses } from './pod-states.ts';
import { changePod, createPod, orderPods, type PodContent, readAllPods, readPod } from './pods.ts';
import { staffCoinOrderView, staffPodView, toStaffCoinOrderView, toStaffPodView } from './views.ts';

const TAG = 'Coins';
/** A hundred million coins or of money; keeps a hundred packages of it away from what an integer can hold. */
const LARGEST = 10_000_000_000;
const LONGEST_GIFT_DAYS = 3_650;

const id = z.string().min(1).max(64);
const idParams = z.object({ id });

const podFields = {
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().min(1).max(500).nullable(),
  /** Hundredths of a coin. */
  coin: z.int().positive().max(LARGEST),
  giftCoin: z.int().min(0).max(LARGEST),
  /** How many days the gift lasts; `null`: for ever. */
  giftDays: z.int().positive().max(LONGEST_GIFT_DAYS).nullable(),
  /** Minor units. */
  price: z.int().positive().max(LARGEST),
  currency: z
    .string()
    .refine(
      (code) => isCurrency(code) && code !== COIN,
      inputMessage('This is no currency of money.', '该货币不是法定货币。'),
    ),
};

const newPod = z.strictObject({
  ...podFields,
  description: podFields.description.default(null),
  giftCoin: podFields.giftCoin.default(0),
  giftDays: podFields.giftDays.default(null),
  currency: podFields.currency.optional(),
  status: z.enum(podStatuses).default('active'),
});

const podChange = z.strictObject({ ...podFields, status: z.enum(podStatuses) }).partial();

const reading = { method: 'GET', tag: TAG, access: 'staff', permission: 'coins.read' } as const;
const writing = { tag: TAG, access: 'staff', permission: 'coins.write' } as const;

export function registerStaffCoinRoutes(router: Router, deps: CoinsDeps): void {
  registerLists(router, deps);
  registerCreating(router, deps);
  registerChanging(router, deps);
}

function registerLists(router: Router, { db }: CoinsDeps): void {
  router.route(
    {
      ...reading,
      url: '/admin/coin-pods',
      summary: 'All packages of coins, in the order in which customers see them',
      data: z.object({ items: z.array(staffPodView) }),
    },
    async () => ({ items: (await readAllPods(db)).map(toStaffPodView) }),
  );
  router.route(
    {
      ...reading,
      url: '/admin/coin-pods/:id',
      summary: 'A package of coins',
      params: idParams,
      data: staffPodView,
      errors: [notFound],
    },
    async ({ params }) => toStaffPodView(await readPod(db, params.id)),
  );
  router.route(
    {
      ...reading,
      url: '/admin/coin-orders',
      summary: 'Orders of coins, newest first; each is an order with its payments and refunds too',
      query: z.strictObject({
        ...{ ...pagingQuery, ...dateRangeQuery },
        customerId: id.optional(),
        podId: id.optional(),
      }),
      data: listOf(staffCoinOrderView),
    },
    async ({ query }) => {
      const { customerId, podId, startDate, endDate, ...paging } = query;
      const { rows, pagination } = await readPage(
        db,
        {
          table: 'coin_orders',
          time: 'created_at',
          where: { customer_id: customerId, pod_id: podId },
          between: {
            column: 'created_at',
            from: toRangeMs(startDate, false),
            until: toRangeMs(endDate, true),
          },
        },
        paging,
      );
      return { items: rows.map(toStaffCoinOrderView), pagination };
    },
  );
}

function registerCreating(router: Router, deps: CoinsDeps): void {
  router.route(
    {
      ...writing,
      method: 'POST',
      url: '/admin/coin-pods',
      summary: 'Make a package of coins; it stands behind the others',
      body: newPod,
      data: staffPodView,
      status: 201,
      isIdempotent: true,
    },
    async (context) => {
      const { status, currency = deps.currency, ...fields } = context.body;
      const podId = await createPod(deps, {
        content: { ...toContent(fields), currency } as PodContent,
        status,
        ...{ by: actorOf(requireCaller(context)), ip: context.ip, claimId: context.claimId },
      });
      return toStaffPodView(await readPod(deps.db, podId));
    },
  );
}

/** The columns of what was said; what was not said is left out. */
function toContent({ coin, giftCoin, giftDays, ...same }: z.infer<typeof podChange>): Partial<PodContent> {
  const named = { ...same, coins: coin, gift_coins: giftCoin, gift_days: giftDays };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function registerChanging(router: Router, deps: CoinsDeps): void {
  router.route(
    {
      ...writing,
      method: 'PATCH',
      url: '/admin/coin-pods/:id',
      summary: 'Change a package of coins, or switch it on and off',
      description: 'Orders that were placed keep what they were placed for.',
      params: idParams,
      body: podChange,
      data: staffPodView,
      errors: [notFound],
    },
    async (context) => {
      const { status, ...fields } = context.body;
      const podId = context.params.id;
      const by = actorOf(requireCaller(context));
      await changePod(deps, { podId, content: toContent(fields), status, by, ip: context.ip });
      return toStaffPodView(await readPod(deps.db, podId));
    },
  );
  router.route(
    {
      ...writing,
      method: 'PUT',
      url: '/admin/coin-pods/order',
      summary: 'Put packages of coins first, in this order; the others follow as they stood',
      body: z.strictObject({
        podIds: z
          .array(id)
          .min(1)
          .max(1_000)
          .refine(
            (ids) => new Set(ids).size === ids.length,
            inputMessage('A package stands here twice.', '同一套餐出现两次。'),
          ),
      }),
      data: z.object({ items: z.array(staffPodView) }),
      errors: [notFound],
    },
    async (context) => {
      const by = actorOf(requireCaller(context));
      await orderPods(deps, { podIds: context.body.podIds, by, ip: context.ip });
      return { items: (await readAllPods(deps.db)).map(toStaffPodView) };
    },
  );
}
