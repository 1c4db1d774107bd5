import type { Reader } from '../../kernel/db/index.ts';
import { type HistoryEntry, readHistory } from '../../kernel/history.ts';
import type { DisputeView } from '../payments/index.ts';
import { type OrdersDeps, toPurpose } from './deps.ts';
import { isPayable, staffTargets } from './order.ts';
import { readRefundsOfOrder } from './refunds/queries.ts';
import { findLines, findOrder } from './repository.ts';
import type { OrderRow } from './tables.ts';
import { readTimeline, type Timeline } from './timeline.ts';
import { type OrderDetailView, type OrderView, toDetail, toOrderView, toStaffPart } from './views.ts';

const QUERY_DEADLINE_MS = 2_000;

/** The order with its lines, as the API shows it. */
export async function readOrderView(reader: Reader, order: OrderRow, now: number): Promise<OrderView> {
  return toOrderView(order, await findLines(reader, order.id), now);
}

/** Asks the provider first where the order waits for its money, but not longer than 2 s (RULES 6). */
async function refresh(deps: OrdersDeps, order: OrderRow): Promise<OrderRow> {
  if (!isPayable(order, deps.clock.now()) || order.attempts === 0) {
    return order;
  }
  await deps.payments.refreshOpenAttempt(toPurpose(order.id), QUERY_DEADLINE_MS);
  return (await findOrder(deps.db, order.id)) ?? order;
}

/**
 * The customer's own order, after its provider was asked where it waits for its money; `undefined` for one of somebody
 * else.
 */
export async function readOwnOrder(
  deps: OrdersDeps,
  orderId: string,
  customerId: string,
): Promise<OrderRow | undefined> {
  const order = await findOrder(deps.db, orderId);
  return order?.customer_id === customerId ? refresh(deps, order) : undefined;
}

/** The order with its payments, refunds and history. Its payment is asked for while it is open. */
export async function readOrderDetail(deps: OrdersDeps, seen: OrderRow): Promise<OrderDetailView> {
  const { db, clock, payments, methodsFor } = deps;
  const order = await refresh(deps, seen);
  const purpose = toPurpose(order.id);
  const paid = await payments.readPayments(db, purpose);
  const refunds = await payments.readRefunds(db, purpose);
  const isOpen = isPayable(order, clock.now());
  return {
    ...(await readOrderView(db, order, clock.now())),
    ...toDetail({
      payments: paid,
      refunds,
      asked: await readRefundsOfOrder(deps, order.id),
      history: await readHistory(db, [order.id]),
      methods: isOpen ? methodsFor(order) : [],
    }),
  };
}

type StaffDetail = Omit<OrderDetailView, 'history'> &
  ReturnType<typeof toStaffPart> & { history: HistoryEntry[]; disputes: DisputeView[]; timeline: Timeline };

/** The same for staff, with everything that the database knows of it. */
export async function readStaffOrder(deps: OrdersDeps, seen: OrderRow): Promise<StaffDetail> {
  const detail = await readOrderDetail(deps, seen);
  const order = (await findOrder(deps.db, seen.id)) ?? seen;
  const disputes = await deps.payments.readDisputes(deps.db, toPurpose(order.id));
  const moneyIds = [...detail.payments, ...detail.refunds, ...detail.refundRequests, ...disputes].map(
    ({ id }) => id,
  );
  const numbers = disputes.map(({ providerDisputeId }) => providerDisputeId);
  return {
    ...detail,
    ...toStaffPart(order, staffTargets(order)),
    history: await readHistory(deps.db, [order.id, ...moneyIds]),
    disputes,
    timeline: await readTimeline(deps.db, order.id, [...moneyIds, ...numbers]),
  };
}
