/**
 * A request is agreed to, rejected or withdrawn: one of them, once (the machine's arrows and the row's version).
 *
 * Crash story: each is one transaction with its audit entry.
 */
import { type Actor, systemActor } from '../../../kernel/actor.ts';
import type { Tx } from '../../../kernel/db/index.ts';
import { AppError, notFound } from '../../../kernel/errors.ts';
import { publish } from '../../../kernel/events/index.ts';
import { transition } from '../../../kernel/states.ts';
import { writeAudit } from '../../audit/index.ts';
import type { RefundTarget } from '../../payments/index.ts';
import type { OrdersDeps } from '../deps.ts';
import type { OrderRow } from '../tables.ts';
import { refundAboveRequest, refundQuantityExceeded } from './errors.ts';
import { refundDecided, toRefundRequestEvent } from './events.ts';
import { findOpenRequest, findRequest, findRequestLines } from './repository.ts';
import { type RefundRequestStatus, refundRequestMachine } from './request-states.ts';
import { type RestockDecision, reserveRequest } from './reserve-request.ts';
import type { RefundRequestLineRow, RefundRequestRow } from './tables.ts';

interface Decision {
  readonly requestId: string;
  readonly by: Actor;
  readonly ip: string;
}

export interface Approval extends Decision {
  /** Less than was asked for; all of it without it. */
  readonly amount?: number | undefined;
  readonly restock?: readonly RestockDecision[] | undefined;
  readonly byHand: boolean;
  readonly to: RefundTarget;
  readonly note?: string | undefined;
}

/** Throws `not_found`, `illegal_transition`, `refund_above_request` (409) and what `reserveRequest` throws. */
export async function approveRequest(deps: OrdersDeps, approval: Approval): Promise<void> {
  await deps.db.tx('refund_request.approve', async (tx) => {
    const { order, request } = await lockRequest(tx, approval.requestId);
    const amount = approval.amount ?? request.amount;
    if (amount > request.amount) {
      throw new AppError(refundAboveRequest, { details: { requested: request.amount } });
    }
    const set = { approved_amount: amount, by_hand: approval.byHand ? 1 : 0, refund_to: approval.to };
    const reserved = await decide(tx, request, 'reserved', { by: approval.by, note: approval.note, set });
    const lines = withRestock(await findRequestLines(tx, [request.id]), approval.restock ?? []);
    await reserveRequest(tx, deps, order, reserved, { lines, by: approval.by });
    await recordDecision(tx, 'refund_request.approve', reserved, approval, { restock: approval.restock });
  });
}

function withRestock(
  lines: readonly RefundRequestLineRow[],
  restock: readonly RestockDecision[],
): RefundRequestLineRow[] {
  const wanted = new Map(restock.map(({ position, quantity }) => [position, quantity]));
  const unknown = restock.find(({ position, quantity }) => {
    const line = lines.find((candidate) => candidate.position === position);
    return line === undefined || quantity > line.quantity;
  });
  if (unknown !== undefined) {
    throw new AppError(refundQuantityExceeded, { details: { position: unknown.position } });
  }
  return lines.map((line) => ({ ...line, restock_quantity: wanted.get(line.position) ?? 0 }));
}

/** Throws `not_found` and `illegal_transition` (409). */
export async function rejectRequest(
  deps: OrdersDeps,
  rejection: Decision & { readonly reason: string },
): Promise<void> {
  await deps.db.tx('refund_request.reject', async (tx) => {
    const { request } = await lockRequest(tx, rejection.requestId);
    const { by, reason } = rejection;
    const set = { decision_reason: reason };
    const rejected = await decide(tx, request, 'rejected', { by, note: reason, set });
    await recordDecision(tx, 'refund_request.reject', rejected, rejection, { reason });
  });
}

/** The customer thinks better of it. Throws `not_found` for a request of somebody else and `illegal_transition` (409). */
export async function withdrawRequest(
  deps: OrdersDeps,
  {
    requestId,
    orderId,
    customerId,
    by,
  }: { requestId: string; orderId: string; customerId: string; by: Actor },
): Promise<void> {
  await deps.db.tx('refund_request.withdraw', async (tx) => {
    const { request } = await lockRequest(tx, requestId);
    if (request.customer_id !== customerId || request.order_id !== orderId) {
      throw new AppError(notFound);
    }
    await decide(tx, request, 'withdrawn', { by });
  });
}

/** There is nothing left to give back, so nobody needs to answer any more. The order is locked. */
export async function dropOpenRequest(tx: Tx, orderId: string): Promise<void> {
  const request = await findOpenRequest(tx, orderId);
  if (request !== undefined) {
    await decide(tx, request, 'withdrawn', { by: systemActor('refund.reserved'), note: 'nothing_left' });
  }
}

async function lockRequest(
  tx: Tx,
  requestId: string,
): Promise<{ order: OrderRow; request: RefundRequestRow }> {
  const seen = await findRequest(tx, requestId);
  const order = seen && (await tx.lock('orders', seen.order_id));
  const request = order && (await tx.lock('refund_requests', requestId));
  if (order === undefined || request === undefined) {
    throw new AppError(notFound);
  }
  return { order, request };
}

async function decide(
  tx: Tx,
  request: RefundRequestRow,
  status: RefundRequestStatus,
  options: { by: Actor; note?: string | undefined; set?: Partial<RefundRequestRow> },
): Promise<RefundRequestRow> {
  const { by, note, set } = options;
  const all = { ...set, live_key: null, decided_by: by.id, decided_at: tx.now };
  const decided = await transition<RefundRequestRow>(
    tx,
    refundRequestMachine,
    request,
    { status },
    { by, note, set: all },
  );
  await publish(tx, refundDecided, request.order_id, toRefundRequestEvent(decided));
  return decided;
}

function recordDecision(
  tx: Tx,
  action: string,
  request: RefundRequestRow,
  { by, ip }: Decision,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { status, amount, approved_amount: approvedAmount, order_id: orderId } = request;
  return writeAudit(tx, {
    actor: by,
    action,
    target: { type: 'refund_request', id: request.id },
    before: { status: 'requested', amount },
    after: {
      status,
      approvedAmount,
      orderId,
      isByHand: request.by_hand === 1,
      to: request.refund_to,
      ...facts,
    },
    ip,
  });
}
