/** What staff sees of wallets: balances, statements, holds, adjustments, and receivables with what is done about them. */
import { z } from 'zod';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import {
  actorOf,
  currencyInput,
  listOf,
  pagingQuery,
  type RouteContext,
  type Router,
  requireCaller,
  toRangeMs,
} from '../../kernel/http/index.ts';
import type { WalletDeps } from './deps.ts';
import { insufficientBalance, receivableOwn } from './errors.ts';
import {
  findReceivable,
  listAdjustments,
  listHolds,
  listReceivables,
  listTransactions,
  listWallets,
  readWallets,
} from './queries.ts';
import { collectReceivable, waiveReceivable } from './receivables.ts';
import { statementQuery } from './routes.ts';
import {
  adjustmentView,
  holdView,
  receivableView,
  staffTransactionView,
  staffWalletView,
  toAdjustmentView,
  toHoldView,
  toReceivableView,
  toStaffTransactionView,
  toStaffWalletView,
  toWalletView,
  walletView,
} from './views.ts';
import { adjustmentStatuses, holdStatuses, receivableStatuses } from './wallet-states.ts';

const TAG = 'Wallet';

const id = z.string().min(1).max(64);
const customerParams = z.object({ customerId: id });
const idParams = z.object({ id });
const noteText = z.string().trim().min(1).max(500);
const byCustomer = { ...pagingQuery, customerId: id.optional(), currency: currencyInput.optional() };

const reading = { method: 'GET', tag: TAG, access: 'staff', permission: 'wallet.read' } as const;

export function registerStaffWalletRoutes(router: Router, deps: WalletDeps): void {
  registerWallets(router, deps);
  registerLists(router, deps);
  registerReceivables(router, deps);
}

function registerWallets(router: Router, { db, clock }: WalletDeps): void {
  router.route(
    {
      ...reading,
      url: '/admin/wallets',
      summary: 'Wallets, the one that has changed last first',
      query: z.strictObject(byCustomer),
      data: listOf(staffWalletView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listWallets(db, query);
      return { items: rows.map(toStaffWalletView), pagination };
    },
  );
  router.route(
    {
      ...reading,
      url: '/admin/wallets/:customerId',
      summary: 'What a customer has',
      params: customerParams,
      data: walletView,
    },
    async ({ params }) => toWalletView(await readWallets(db, params.customerId, clock.now())),
  );
  router.route(
    {
      ...reading,
      url: '/admin/wallets/:customerId/transactions',
      summary: 'The statement of a customer’s wallet, newest first',
      params: customerParams,
      query: z.strictObject(statementQuery),
      data: listOf(staffTransactionView),
    },
    async ({ params, query: { startDate, endDate, ...query } }) => {
      const { rows, pagination } = await listTransactions(db, {
        ...query,
        customerId: params.customerId,
        from: toRangeMs(startDate, false),
        until: toRangeMs(endDate, true),
      });
      return { items: rows.map(toStaffTransactionView), pagination };
    },
  );
}

function registerLists(router: Router, { db }: WalletDeps): void {
  router.route(
    {
      ...reading,
      url: '/admin/wallet-holds',
      summary: 'Holds and payments of the shop’s back end, newest first',
      query: z.strictObject({
        ...byCustomer,
        status: z.enum(holdStatuses).optional(),
        reference: z.string().min(1).max(100).optional(),
      }),
      data: listOf(holdView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listHolds(db, query);
      return { items: rows.map(toHoldView), pagination };
    },
  );
  router.route(
    {
      ...reading,
      url: '/admin/wallet-receivables',
      summary: 'What customers owe because it was taken back after they had spent it, newest first',
      query: z.strictObject({ ...byCustomer, status: z.enum(receivableStatuses).optional() }),
      data: listOf(receivableView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listReceivables(db, query);
      return { items: rows.map(toReceivableView), pagination };
    },
  );
  router.route(
    {
      ...reading,
      url: '/admin/wallet-adjustments',
      summary: 'Adjustments, newest first; status=requested are those that wait for a second person',
      query: z.strictObject({ ...byCustomer, status: z.enum(adjustmentStatuses).optional() }),
      data: listOf(adjustmentView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listAdjustments(db, query);
      return { items: rows.map(toAdjustmentView), pagination };
    },
  );
}

function registerReceivables(router: Router, deps: WalletDeps): void {
  const settling = {
    method: 'POST',
    tag: TAG,
    access: 'staff',
    permission: 'wallet.write',
    params: idParams,
    body: z.strictObject({ note: noteText }),
    data: receivableView,
    isIdempotent: true,
  } as const;
  const read = async (receivableId: string) => {
    const row = await findReceivable(deps.db, receivableId);
    if (row === undefined) {
      throw new AppError(notFound);
    }
    return toReceivableView(row);
  };
  router.route(
    {
      ...settling,
      url: '/admin/wallet-receivables/:id/collect',
      summary: 'Pay a receivable from what the wallet holds now, as far as it goes',
      errors: [notFound, illegalTransition, insufficientBalance],
    },
    async (context) => {
      await collectReceivable(deps, { receivableId: context.params.id, ...toDecision(context) });
      return read(context.params.id);
    },
  );
  router.route(
    {
      ...settling,
      url: '/admin/wallet-receivables/:id/waive',
      summary: 'Give up what is open of a receivable',
      errors: [notFound, illegalTransition, receivableOwn],
    },
    async (context) => {
      await waiveReceivable(deps, { receivableId: context.params.id, ...toDecision(context) });
      return read(context.params.id);
    },
  );
}

/** Who decides, from where, and why. */
function toDecision(context: RouteContext<unknown, unknown, { note: string }>) {
  return { by: actorOf(requireCaller(context)), ip: context.ip, note: context.body.note };
}
