/**
 * What payments moves in an order: the order's side of the seam, inside the transactions of payments.
 *
 * Invariant: an order is paid by one attempt, the one in `payment_id`. Money is welcome while the order is pending and
 * unpaid, even while it is being closed; all other money is surplus and goes back by itself. Crash story: order and
 * payment stand in one transaction, so they move together or not at all.
 */
import type { Actor } from '../../kernel/actor.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { transition } from '../../kernel/states.ts';
import { raiseAlert, resolveAlert } from '../alerts/index.ts';
import type {
  DisputeNotice,
  Honour,
  Payable,
  PaymentNotice,
  Purpose,
  PurposeOwner,
  RefundNotice,
} from '../payments/index.ts';
import type { OrderAddress } from './address.ts';
import { cancelPaid, returnMoney } from './cancel-order.ts';
import { dropClose, planClose } from './close-job.ts';
import { closingRequestOf, endUnpaid } from './closing.ts';
import { isPaidOnDelivery } from './collect.ts';
import { confirmOrder } from './confirm-order.ts';
import { isVirtual } from './delivery/fulfiller.ts';
import { fulfillerOf, settleWithdrawal, withdrawForDispute, withdrawForRefund } from './delivery/withdraw.ts';
import { type OrdersDeps, PURPOSE_TYPE } from './deps.ts';
import { orderAlreadyPaid, orderClosed, orderExpiring, orderPaidOnDelivery } from './errors.ts';
import { isAwaitingPayment, isPayable } from './order.ts';
import { type OrderStatus, orderMachine } from './order-states.ts';
import { claimAttempt, extendExpiry, findLines, findOrder, setDisputeStatus } from './repository.ts';
import { settleRefund } from './settle-refund.ts';
import type { OrderRow } from './tables.ts';

/** Providers raise a shorter expiry to a minute, so that money could come after ours (RULES 5). */
const SHORTEST_ATTEMPT_MS = MINUTE_MS;

/** Open while goods have left and their money was let go. */
const SHIPPED_UNPAID_ALERT = 'shipped_unpaid';

/** The owner of payments for orders, registered in compose.ts. */
export function createOrderOwner(deps: OrdersDeps): PurposeOwner {
  return {
    type: PURPOSE_TYPE,
    lock: (tx, id) => tx.hold('orders', id),
    claimForAttempt: (tx, id, windowMs) => claimForAttempt(tx, deps, id, windowMs),
    renew: (tx, id) => renew(tx, deps, id),
    closeWhenDue,
    async isPayable(tx, id) {
      const order = await findOrder(tx, id);
      return order !== undefined && isPayable(order, tx.now);
    },
    wantsHold,
    onPromised,
    onAuthorised,
    onSucceeded: (tx, payment) => onSucceeded(tx, deps, payment),
    onFailed: async () => undefined,
    onClosed: async () => undefined,
    onVoided,
    onRefundReserved: async (tx, refund) => {
      await withdrawForRefund(tx, deps, refund);
      await settleRefund(tx, refund);
    },
    onRefundChanged: (tx, refund) => onRefundChanged(tx, deps, refund),
    onDisputeChanged: (tx, dispute) => onDisputeChanged(tx, deps, dispute),
  };
}

async function claimForAttempt(
  tx: Tx,
  { config }: OrdersDeps,
  id: string,
  windowMs: number | null,
): Promise<Payable> {
  const leastMs = config.payExpireMs > SHORTEST_ATTEMPT_MS ? SHORTEST_ATTEMPT_MS : 0;
  const isClaimed = await claimAttempt(tx, id, tx.now + leastMs);
  const order = await findOrder(tx, id);
  if (!order) {
    throw new AppError(notFound);
  }
  if (!isClaimed) {
    throw new AppError(refusalOf(order, tx.now));
  }
  const expiresAt = Math.max(order.expires_at, tx.now + (windowMs ?? 0));
  if (await extendExpiry(tx, id, expiresAt)) {
    await planClose(tx, id, expiresAt);
  }
  return {
    amount: { amount: order.total, currency: order.currency },
    kind: order.kind,
    description: await describe(tx, order),
    customerId: order.customer_id,
    expiresAt,
    country: countryOf(order),
  };
}

/** Where the payer's address is; where the goods go if they have given no other. */
function countryOf({ billing_address: billing, shipping_address: shipping }: OrderRow): string | null {
  const address = billing ?? shipping;
  return address === null ? null : (JSON.parse(address) as OrderAddress).country;
}

/** A review has taken the payer's time: they get all of it again, and the order the time to wait for it. */
async function renew(tx: Tx, { config }: OrdersDeps, id: string): Promise<number> {
  const order = await tx.lock('orders', id);
  if (!order) {
    throw new AppError(notFound);
  }
  if (!isAwaitingPayment(order) || order.closing_at !== null) {
    throw new AppError(refusalOf(order, tx.now));
  }
  const expiresAt = Math.max(order.expires_at, tx.now + config.payExpireMs);
  if (await extendExpiry(tx, id, expiresAt)) {
    await planClose(tx, id, expiresAt);
  }
  return expiresAt;
}

/** The close job may have been put off until a deadline: it is due at the order's own expiry again. */
async function closeWhenDue(tx: Tx, id: string): Promise<void> {
  const order = await findOrder(tx, id);
  if (order && isAwaitingPayment(order) && order.closing_at === null) {
    await planClose(tx, id, Math.max(order.expires_at, tx.now));
  }
}

/** Money that is held or promised is wanted by the order that it confirmed, unless somebody cancels that. */
async function wantsHold(tx: Tx, { id }: Purpose, paymentId: string): Promise<boolean> {
  const order = await findOrder(tx, id);
  return (
    order?.payment_id === paymentId &&
    closingRequestOf(order)?.to !== 'cancelled' &&
    !ENDED.includes(order.status)
  );
}

/** The order is carried out, and its money collected when the goods are handed over. */
async function onPromised(tx: Tx, payment: PaymentNotice): Promise<Honour> {
  const order = await tx.lock('orders', payment.purpose.id);
  if (!order || !isPayable(order, tx.now)) {
    return 'surplus';
  }
  const { paymentId, by } = payment;
  await confirmOrder(tx, order, { paymentId, status: 'unpaid', by });
  return 'honoured';
}

/** Nothing is delivered any more, so that money for it is nobody's due. */
const ENDED: readonly OrderStatus[] = ['cancelled', 'closed', 'returned'];

/** What the payer reads: the first line, how many more there are, and the order's number. */
async function describe(tx: Tx, order: OrderRow): Promise<string> {
  const [first, ...others] = await findLines(tx, order.id);
  const more = others.length > 0 ? ` +${others.length}` : '';
  return `${first?.name ?? ''}${more} ${order.order_number}`.trim();
}

/** Why no attempt can be opened for the order. */
function refusalOf(order: OrderRow, now: number) {
  if (isPayable(order, now)) {
    return orderExpiring;
  }
  const hasEnded = order.status === 'cancelled' || order.status === 'closed';
  if (hasEnded || isAwaitingPayment(order)) {
    return orderClosed;
  }
  // Its goods are on their way by its promise: nothing but a cancel takes that back.
  return isPaidOnDelivery(order) ? orderPaidOnDelivery : orderAlreadyPaid;
}

async function onSucceeded(tx: Tx, deps: OrdersDeps, payment: PaymentNotice): Promise<Honour> {
  const order = await tx.lock('orders', payment.purpose.id);
  if (!order) {
    return 'surplus';
  }
  const { paymentId, by } = payment;
  if (isAwaitingPayment(order)) {
    const request = closingRequestOf(order);
    const confirmed = await confirmOrder(tx, order, { paymentId, status: 'paid', by });
    if (request?.to === 'cancelled') {
      // A person has cancelled it while the money was on its way: it is confirmed and cancelled in one go.
      await cancelPaid(tx, deps, confirmed, request);
    } else {
      await beginDelivery(tx, deps, confirmed, by);
    }
    return 'honoured';
  }
  if (order.payment_id !== paymentId) {
    return 'surplus';
  }
  if (order.payment_status !== 'unpaid' && order.payment_status !== 'authorized') {
    return 'honoured';
  }
  if (ENDED.includes(order.status)) {
    return 'surplus';
  }
  const request = closingRequestOf(order);
  const set = { closing_at: null, closing_request: null };
  const paid = await transition<OrderRow>(
    tx,
    orderMachine,
    order,
    { payment_status: 'paid' },
    { by, note: paymentId, set },
  );
  await resolveAlert(tx, { kind: SHIPPED_UNPAID_ALERT, subject: order.id, by });
  if (request?.to === 'cancelled') {
    await cancelPaid(tx, deps, paid, request);
    await dropClose(tx, order.id);
  } else {
    await beginDelivery(tx, deps, paid, by);
  }
  return 'honoured';
}

/** What the program delivers itself is due as soon as it is paid, and never before (RULES 3). */
async function beginDelivery(tx: Tx, deps: OrdersDeps, order: OrderRow, by: Actor): Promise<void> {
  if (isVirtual(order)) {
    await fulfillerOf(deps, order).onPaid(tx, order, by);
  }
}

async function onAuthorised(tx: Tx, payment: PaymentNotice): Promise<Honour> {
  const order = await tx.lock('orders', payment.purpose.id);
  if (!order || !isAwaitingPayment(order) || closingRequestOf(order)?.to === 'cancelled') {
    return 'surplus';
  }
  const { paymentId, by } = payment;
  await confirmOrder(tx, order, { paymentId, status: 'authorized', by });
  return 'honoured';
}

/**
 * A refund has come further. One that staff had begun and that came to nothing is nobody's due as long as the order stands;
 * of an order that was cancelled meanwhile, all that is left is.
 */
async function onRefundChanged(tx: Tx, deps: OrdersDeps, refund: RefundNotice): Promise<void> {
  await settleRefund(tx, refund);
  await settleWithdrawal(tx, deps, refund);
  if (refund.state !== 'failed' && refund.state !== 'cancelled') {
    return;
  }
  const order = await findOrder(tx, refund.purpose.id);
  if (order?.status === 'cancelled') {
    await returnMoney(tx, deps, order.id, { by: refund.by, reason: order.cancel_reason });
  }
}

/**
 * A dispute about the order's money has come further. What it had taken and gives back of an order that was cancelled
 * meanwhile is owed again.
 */
async function onDisputeChanged(tx: Tx, deps: OrdersDeps, dispute: DisputeNotice): Promise<void> {
  const order = await tx.lock('orders', dispute.purpose.id);
  if (!order) {
    return;
  }
  await setDisputeStatus(tx, order.id, dispute.disputeStatus);
  await withdrawForDispute(tx, deps, dispute);
  if (order.status === 'cancelled') {
    await returnMoney(tx, deps, order.id, { by: dispute.by, reason: order.cancel_reason });
  }
}

/** The money that was promised will not come: the order ends, unless it has gone out already. */
async function onVoided(tx: Tx, payment: PaymentNotice): Promise<void> {
  const order = await tx.lock('orders', payment.purpose.id);
  if (!order || order.payment_id !== payment.paymentId || order.payment_status !== 'authorized') {
    return;
  }
  const { by, paymentId } = payment;
  if (order.status === 'confirmed' || order.status === 'processing') {
    await endUnpaid(tx, order, closingRequestOf(order) ?? { to: 'cancelled', by, reason: null });
    await dropClose(tx, order.id);
    return;
  }
  await transition<OrderRow>(tx, orderMachine, order, { payment_status: 'unpaid' }, { by, note: paymentId });
  await raiseAlert(tx, {
    kind: SHIPPED_UNPAID_ALERT,
    subject: order.id,
    severity: 'critical',
    details: { orderNumber: order.order_number, paymentId },
  });
}
