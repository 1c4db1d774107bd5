/** What customers read of their wallet, and what the shop's own back end does with it. */
import { z } from 'zod';
import { DAY_MS, SECOND_MS } from '../../kernel/clock.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  currencyInput,
  dateRangeQuery,
  listOf,
  pagingQuery,
  type RouteContext,
  type Router,
  requireCaller,
  toRangeMs,
} from '../../kernel/http/index.ts';
import type { WalletDeps } from './deps.ts';
import { insufficientBalance, settleExceedsHold, walletReferenceUsed } from './errors.ts';
import { findHold, listTransactions, readWallets } from './queries.ts';
import { hold, releaseHold, type Spending, type Spent, settleHold, spend } from './spend.ts';
import {
  holdView,
  toHoldView,
  toTransactionView,
  toWalletView,
  transactionTypes,
  transactionView,
  walletView,
} from './views.ts';
import { COIN } from './wallet.ts';

const TAG = 'Wallet';
const LONGEST_HOLD_SECONDS = (30 * DAY_MS) / SECOND_MS;

/** What statements are narrowed by. */
export const statementQuery = {
  ...pagingQuery,
  ...dateRangeQuery,
  currency: currencyInput.default(COIN),
  type: z.enum(transactionTypes).optional(),
};

const spendingBody = z.strictObject({
  customerId: z.string().min(1).max(64),
  /** `COIN`, or the currency of store credit. */
  currency: currencyInput.default(COIN),
  /** Minor units: hundredths of a coin. */
  amount: z.int().positive(),
  /** The shop's own number of what is bought: the same one again gives the same answer. */
  reference: z.string().trim().min(1).max(100),
  description: z.string().trim().min(1).max(500).optional(),
});

const holdBody = spendingBody.extend({
  /** `WALLET_HOLD_MINUTES` without it. */
  expiresInSeconds: z.int().min(10).max(LONGEST_HOLD_SECONDS).optional(),
});

export function registerWalletRoutes(router: Router, deps: WalletDeps): void {
  registerReading(router, deps);
  registerTaking(router, deps);
  registerHolds(router, deps);
}

function registerReading(router: Router, { db, clock }: WalletDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/wallet',
      summary: 'What the caller has: coins, gifts, store credit',
      description: 'Amounts are minor units: hundredths of a coin, fen.',
      tag: TAG,
      access: 'user',
      data: walletView,
    },
    async (context) => toWalletView(await readWallets(db, requireCaller(context).userId, clock.now())),
  );
  router.route(
    {
      method: 'GET',
      url: '/wallet/transactions',
      summary: 'The statement of a wallet of the caller, newest first',
      tag: TAG,
      access: 'user',
      query: z.strictObject(statementQuery),
      data: listOf(transactionView),
    },
    async (context) => {
      const { startDate, endDate, ...query } = context.query;
      const { rows, pagination } = await listTransactions(db, {
        ...query,
        customerId: requireCaller(context).userId,
        from: toRangeMs(startDate, false),
        until: toRangeMs(endDate, true),
      });
      return { items: rows.map(toTransactionView), pagination };
    },
  );
}

const spending = {
  method: 'POST',
  tag: TAG,
  access: 'staff',
  permission: 'wallet.spend',
  data: holdView,
  isIdempotent: true,
} as const;

function registerTaking(router: Router, deps: WalletDeps): void {
  const { db, clock, config } = deps;
  router.route(
    {
      ...spending,
      url: '/wallet/spend',
      summary: 'Spend what a customer has, at once',
      description:
        'For the shop’s own back end. Gifts go first, the one that expires first before the others. The same reference and amount again give the same answer with the header `Duplicate: true`.',
      body: spendingBody,
      status: 201,
      errors: [insufficientBalance, walletReferenceUsed],
    },
    async (context) =>
      answer(
        context,
        await db.tx('wallet.spend', (tx) => spend(tx, deps, toSpending(context, context.body))),
      ),
  );
  router.route(
    {
      ...spending,
      url: '/wallet/holds',
      summary: 'Set aside what a customer has, until it is settled, released or expired',
      body: holdBody,
      status: 201,
      errors: [insufficientBalance, walletReferenceUsed],
    },
    async (context) => {
      const { expiresInSeconds, ...wanted } = context.body;
      const lastsMs = expiresInSeconds === undefined ? config.holdMs : expiresInSeconds * SECOND_MS;
      const until = clock.now() + lastsMs;
      const spent = await db.tx('wallet.hold', (tx) => hold(tx, deps, toSpending(context, wanted), until));
      return answer(context, spent);
    },
  );
}

function toSpending(
  context: RouteContext<unknown, unknown, unknown>,
  wanted: z.infer<typeof spendingBody>,
): Spending {
  return { ...wanted, by: actorOf(requireCaller(context)), claimId: context.claimId };
}

function answer({ reply }: RouteContext<unknown, unknown, unknown>, { hold: row, isRepeat }: Spent) {
  if (isRepeat) {
    reply.header('Duplicate', 'true');
  }
  return toHoldView(row);
}

const holdParams = z.object({ id: z.string().min(1).max(64) });

function registerHolds(router: Router, deps: WalletDeps): void {
  const { db } = deps;
  router.route(
    {
      ...spending,
      method: 'GET',
      isIdempotent: false,
      url: '/wallet/holds/:id',
      summary: 'A hold or payment',
      params: holdParams,
      errors: [notFound],
    },
    async ({ params }) => {
      const row = await findHold(db, params.id);
      if (row === undefined) {
        throw new AppError(notFound);
      }
      return toHoldView(row);
    },
  );
  router.route(
    {
      ...spending,
      url: '/wallet/holds/:id/settle',
      summary: 'Spend what was held, or a part of it; the rest can be spent again',
      params: holdParams,
      body: z.strictObject({ amount: z.int().positive().optional() }),
      errors: [notFound, illegalTransition, settleExceedsHold],
    },
    async (context) => {
      const settlement = { amount: context.body.amount, by: actorOf(requireCaller(context)) };
      return toHoldView(
        await db.tx('wallet.settle', (tx) => settleHold(tx, deps, context.params.id, settlement)),
      );
    },
  );
  router.route(
    {
      ...spending,
      url: '/wallet/holds/:id/release',
      summary: 'Let go what was held',
      params: holdParams,
      errors: [notFound, illegalTransition],
    },
    async (context) => {
      const ending = { status: 'released', by: actorOf(requireCaller(context)) } as const;
      return toHoldView(
        await db.tx('wallet.release', (tx) => releaseHold(tx, deps, context.params.id, ending)),
      );
    },
  );
}
