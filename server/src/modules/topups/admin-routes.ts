/** What staff sees of top-ups and decides: the ones that wait for them, figures, and the rate. */
import { z } from 'zod';
import { DAY_MS, toIso } from '../../kernel/clock.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { readHistory } from '../../kernel/history.ts';
import {
  actorOf,
  inputMessage,
  listOf,
  pagingQuery,
  type Router,
  requireCaller,
} from '../../kernel/http/index.ts';
import { topupTypes } from '../../operators/operator.ts';
import { decideTopup, refundTopup } from './decide-topup.ts';
import type { TopupsDeps } from './deps.ts';
import { topupNotFailed, topupNotUndecided, topupRateJump } from './errors.ts';
import { listTopups, listWaiting, readTopup } from './queries.ts';
import { listRates, readRate, setRate } from './rates.ts';
import { readFigures, readToday, startOfDay } from './statistics.ts';
import { listSummaries } from './summarise-day.ts';
import { SALE_CURRENCY } from './topup.ts';
import {
  figuresView,
  rateRowView,
  rateView,
  toFiguresView,
  topupStaffView,
  toRateRowView,
  toTopupStaffView,
} from './views.ts';

const TAG = 'Top-ups';
const MAX_WAITING = 200;
const MAX_RATE = 1_000_000_000;
const LONGEST_PERIOD_DAYS = 366;

const idParams = z.object({ id: z.string().min(1).max(64) });
const reason = z.string().trim().min(1).max(500);
const reading = { method: 'GET', tag: TAG, access: 'staff', permission: 'topups.read' } as const;
const writing = { method: 'POST', tag: TAG, access: 'staff', permission: 'topups.write' } as const;

const historyEntry = z.object({
  field: z.string(),
  from: z.string().nullable(),
  to: z.string(),
  actor: z.object({ type: z.string(), id: z.string() }),
  note: z.string().nullable(),
  at: z.string(),
});

/** With every step of its order. */
const detailView = topupStaffView.extend({ history: z.array(historyEntry) });

async function readDetail({ db }: TopupsDeps, id: string): Promise<z.infer<typeof detailView>> {
  const row = await readTopup(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  const steps = await readHistory(db, [row.order_id]);
  const history = steps.map(({ field, from, to, actor, note, at }) => ({ field, from, to, actor, note, at }));
  return { ...toTopupStaffView(row), history };
}

export function registerTopupAdminRoutes(router: Router, deps: TopupsDeps): void {
  registerLists(router, deps);
  registerDecisions(router, deps);
  registerFigures(router, deps);
  registerRates(router, deps);
}

function registerLists(router: Router, deps: TopupsDeps): void {
  router.route(
    {
      ...reading,
      url: '/admin/topups',
      summary: 'Top-ups, newest first',
      description: '`status` is where the delivery stands.',
      query: z.strictObject({
        ...pagingQuery,
        status: z
          .enum(['unfulfilled', 'in_progress', 'fulfilled', 'failed', 'unknown', 'cancelled'])
          .optional(),
        operator: z.string().min(1).max(32).optional(),
        type: z.enum(topupTypes).optional(),
        msisdn: z.string().min(1).max(20).optional(),
        customerId: z.string().min(1).max(64).optional(),
        orderId: z.string().min(1).max(64).optional(),
      }),
      data: listOf(topupStaffView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listTopups(deps.db, query);
      return { items: rows.map(toTopupStaffView), pagination };
    },
  );
  router.route(
    {
      ...reading,
      url: '/admin/topups/waiting',
      summary: 'Top-ups that wait for a person: the unknown ones first, then those that failed',
      data: z.object({ items: z.array(topupStaffView) }),
    },
    async () => ({ items: (await listWaiting(deps.db, MAX_WAITING)).map(toTopupStaffView) }),
  );
  router.route(
    {
      ...reading,
      url: '/admin/topups/:id',
      summary: 'A top-up with every step of its order, by its own id or its order’s',
      params: idParams,
      data: detailView,
      errors: [notFound],
    },
    ({ params }) => readDetail(deps, params.id),
  );
}

function registerDecisions(router: Router, deps: TopupsDeps): void {
  router.route(
    {
      ...writing,
      url: '/admin/topups/:id/decide',
      summary: 'Say whether a top-up of unknown outcome was delivered',
      description: 'Ask the operator first. One that failed is refunded by itself; neither is sent again.',
      params: idParams,
      body: z.strictObject({ outcome: z.enum(['delivered', 'failed']), reason }),
      data: detailView,
      errors: [notFound, topupNotUndecided],
      isIdempotent: true,
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      await decideTopup(deps, { topupId: params.id, ...body, by, ip });
      return readDetail(deps, params.id);
    },
  );
  router.route(
    {
      ...writing,
      url: '/admin/topups/:id/refund',
      summary: 'Return the money of a top-up that failed, where that does not happen by itself',
      params: idParams,
      body: z.strictObject({ reason }),
      data: detailView,
      errors: [notFound, topupNotFailed],
      isIdempotent: true,
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      await refundTopup(deps, { topupId: params.id, ...body, by, ip });
      return readDetail(deps, params.id);
    },
  );
}

const isPeriod = (from: string, to: string): boolean =>
  from <= to && startOfDay(to) - startOfDay(from) < LONGEST_PERIOD_DAYS * DAY_MS;

const periodQuery = z
  .strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional() })
  .refine(
    ({ from, to }) => (from === undefined) === (to === undefined),
    inputMessage('from and to are needed, or neither.', 'from 和 to 须同时提供或都不提供。'),
  )
  .refine(
    ({ from, to }) => from === undefined || to === undefined || isPeriod(from, to),
    inputMessage('At most a year, from the earlier day to the later one.', '最长一年，且 from 不得晚于 to。'),
  );

function registerFigures(router: Router, deps: TopupsDeps): void {
  router.route(
    {
      ...reading,
      url: '/admin/topups/statistics',
      summary:
        'Paid top-ups by operator, type and status, and what they bring: today, this month, or a period',
      description: 'Days are those of Asia/Shanghai, both included; a top-up counts on the day it was paid.',
      query: periodQuery,
      data: z.object({
        day: z.string(),
        today: figuresView,
        month: figuresView,
        period: figuresView.nullable(),
      }),
    },
    async ({ query: { from, to } }) => {
      const { day, today, month } = await readToday(deps.db, deps.clock.now());
      const period =
        from === undefined || to === undefined
          ? null
          : await readFigures(deps.db, { from: startOfDay(from), until: startOfDay(to) + DAY_MS });
      return {
        day,
        today: toFiguresView(today),
        month: toFiguresView(month),
        period: period && toFiguresView(period),
      };
    },
  );
  router.route(
    {
      ...reading,
      url: '/admin/topups/summaries',
      summary: 'What each of the latest days has brought, as it stood a quarter of an hour after its end',
      data: z.object({
        items: z.array(figuresView.extend({ day: z.string(), createdAt: z.string() })),
      }),
    },
    async () => ({
      items: (await listSummaries(deps.db)).map(({ day, figures, createdAt }) => ({
        ...{ day, createdAt: toIso(createdAt) },
        ...toFiguresView(figures),
      })),
    }),
  );
}

const rateBody = z.strictObject({
  /** An operator's currency, such as MNT. */
  from: z
    .string()
    .regex(
      /^[A-Z]{3}$/,
      inputMessage('A currency is a code of three letters, such as MNT.', '货币须为三位字母代码，例如 MNT。'),
    ),
  fromUnits: z.int().min(1).max(MAX_RATE),
  toUnits: z.int().min(1).max(MAX_RATE),
  /** Needed where it changes every price by more than a fifth. */
  acceptsJump: z.boolean().default(false),
  note: z.string().trim().min(1).max(500).optional(),
});

function registerRates(router: Router, deps: TopupsDeps): void {
  const currenciesOf = () =>
    [...new Set(deps.operators.operators.map(({ capabilities }) => capabilities.currency))].sort();
  router.route(
    {
      ...reading,
      url: '/admin/topups/rates',
      summary: 'The rate of each operator’s currency, and what staff has set before, newest first',
      data: z.object({
        items: z.array(
          z.object({
            from: z.string(),
            to: z.string(),
            current: rateView.nullable(),
            history: z.array(rateRowView),
          }),
        ),
      }),
    },
    async () => ({
      items: await Promise.all(
        currenciesOf().map(async (from) => ({
          from,
          to: SALE_CURRENCY,
          current: (await readRate(deps.db, from)) ?? null,
          history: (await listRates(deps.db, from)).map(toRateRowView),
        })),
      ),
    }),
  );
  router.route(
    {
      ...writing,
      url: '/admin/topups/rates',
      summary: 'Set the rate of all orders from now on: 440 MNT for 1 CNY is fromUnits 440, toUnits 1',
      body: rateBody,
      data: rateRowView,
      status: 201,
      errors: [notFound, topupRateJump],
      isIdempotent: true,
    },
    async (context) => {
      const { body, ip } = context;
      if (!currenciesOf().includes(body.from)) {
        throw new AppError(notFound, { details: { currencies: currenciesOf() } });
      }
      const by = actorOf(requireCaller(context));
      return toRateRowView(await setRate(deps.db, { ...body, note: body.note ?? null, by, ip }));
    },
  );
}
