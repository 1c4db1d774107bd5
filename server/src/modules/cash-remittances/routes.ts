/** The routes of staff: cash that couriers hold, and its way into the bank. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { actorOf, currencyInput, listOf, type Router, requireCaller } from '../../kernel/http/index.ts';
import { secondPersonRequired } from '../payments/index.ts';
import type { CashDeps } from './deps.ts';
import { cashNotOutstanding, cashSumDiffers } from './errors.ts';
import {
  collectionQuery,
  findCollectionsOf,
  findRemittance,
  listCollections,
  listRemittances,
  remittanceQuery,
} from './queries.ts';
import { remittanceStateNames } from './remittance-states.ts';
import { cancelRemittance, confirmRemittance, recordRemittance } from './settle-remittance.ts';
import type { CollectionRow, RemittanceRow } from './tables.ts';

const TAG = 'Administration';
const MAX_COLLECTIONS = 1_000;
const idParams = z.object({ id: z.string().max(64) });
const noteText = z.string().trim().min(1).max(500);

const collectionView = z.object({
  paymentId: z.string(),
  orderId: z.string(),
  amount: z.int(),
  currency: z.string(),
  remittanceId: z.string().nullable(),
  collectedAt: z.string(),
  remittedAt: z.string().nullable(),
});

const remittanceView = z.object({
  id: z.string(),
  state: z.enum(remittanceStateNames),
  courier: z.string(),
  amount: z.int(),
  currency: z.string(),
  collections: z.int(),
  note: z.string().nullable(),
  reference: z.string().nullable(),
  recordedBy: z.string(),
  confirmedBy: z.string().nullable(),
  confirmedAt: z.string().nullable(),
  createdAt: z.string(),
});

const remittanceDetail = remittanceView.extend({ items: z.array(collectionView) });

function toCollectionView(row: CollectionRow): z.infer<typeof collectionView> {
  return {
    paymentId: row.payment_id,
    orderId: row.purpose_id,
    amount: row.amount,
    currency: row.currency,
    remittanceId: row.remittance_id,
    collectedAt: toIso(row.collected_at),
    remittedAt: toIso(row.remitted_at),
  };
}

function toRemittanceView(row: RemittanceRow): z.infer<typeof remittanceView> {
  return {
    ...{ id: row.id, state: row.state, courier: row.courier, amount: row.amount, currency: row.currency },
    ...{ collections: row.collections, note: row.note, reference: row.reference },
    recordedBy: row.recorded_by,
    confirmedBy: row.confirmed_by,
    confirmedAt: toIso(row.confirmed_at),
    createdAt: toIso(row.created_at),
  };
}

async function readDetail(db: CashDeps['db'], id: string): Promise<z.infer<typeof remittanceDetail>> {
  const row = await findRemittance(db, id);
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return { ...toRemittanceView(row), items: (await findCollectionsOf(db, id)).map(toCollectionView) };
}

export function registerCashRoutes(router: Router, deps: CashDeps): void {
  registerLists(router, deps);
  registerRecord(router, deps);
  registerSettling(router, deps);
}

function registerLists(router: Router, { db }: CashDeps): void {
  const shared = { method: 'GET', tag: TAG, access: 'staff', permission: 'cash.read' } as const;
  router.route(
    {
      ...shared,
      url: '/admin/cash-collections',
      summary: 'Cash that couriers have collected, newest first; state=outstanding is what they still hold',
      query: collectionQuery,
      data: listOf(collectionView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listCollections(db, query);
      return { items: rows.map(toCollectionView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/cash-remittances',
      summary: 'Cash that couriers have handed over, newest first; state=recorded waits for a second person',
      query: remittanceQuery,
      data: listOf(remittanceView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listRemittances(db, query);
      return { items: rows.map(toRemittanceView), pagination };
    },
  );
  router.route(
    {
      ...shared,
      url: '/admin/cash-remittances/:id',
      summary: 'A hand-over with its collections',
      params: idParams,
      data: remittanceDetail,
      errors: [notFound],
    },
    ({ params }) => readDetail(db, params.id),
  );
}

function registerRecord(router: Router, deps: CashDeps): void {
  router.route(
    {
      method: 'POST',
      url: '/admin/cash-remittances',
      summary: 'Record that a courier has handed over the cash of these payments',
      tag: TAG,
      access: 'staff',
      permission: 'cash.record',
      body: z.strictObject({
        courier: z.string().trim().min(1).max(100),
        paymentIds: z.array(z.string().min(1).max(64)).min(1).max(MAX_COLLECTIONS),
        /** What was counted; minor units. */
        amount: z.int().positive(),
        currency: currencyInput,
        note: noteText.optional(),
      }),
      data: remittanceDetail,
      status: 201,
      errors: [cashNotOutstanding, cashSumDiffers],
      isIdempotent: true,
    },
    async (context) => {
      const { body, ip, claimId } = context;
      const by = actorOf(requireCaller(context));
      return readDetail(deps.db, await recordRemittance(deps, { ...body, by, ip, claimId }));
    },
  );
}

function registerSettling(router: Router, deps: CashDeps): void {
  const shared = {
    method: 'POST',
    tag: TAG,
    access: 'staff',
    params: idParams,
    data: remittanceDetail,
    isIdempotent: true,
  } as const;
  router.route(
    {
      ...shared,
      permission: 'cash.confirm',
      url: '/admin/cash-remittances/:id/confirm',
      summary: 'Confirm that the cash has arrived, as somebody who has not recorded it',
      body: z.strictObject({ reference: z.string().trim().min(1).max(100), note: noteText.optional() }),
      errors: [notFound, illegalTransition, secondPersonRequired],
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      await confirmRemittance(deps, { ...body, remittanceId: params.id, by, ip });
      return readDetail(deps.db, params.id);
    },
  );
  router.route(
    {
      ...shared,
      permission: 'cash.record',
      url: '/admin/cash-remittances/:id/cancel',
      summary: 'Take back a hand-over that was recorded wrongly',
      body: z.strictObject({ note: noteText }),
      errors: [notFound, illegalTransition],
    },
    async (context) => {
      const { params, body, ip } = context;
      const by = actorOf(requireCaller(context));
      await cancelRemittance(deps, { ...body, remittanceId: params.id, by, ip });
      return readDetail(deps.db, params.id);
    },
  );
}
