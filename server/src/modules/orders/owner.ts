/**
 * What payments moves in an order: the order's side of the seam, inside the transactions of payments.
 *
 * Invariant: an order is paid by one attempt, the one in `payment_id`. Money is welcome while the order is pending and
 * unpaid, even while it is being closed; all other money is surplus and goes back by itself. Crash story: order and
 * payment stand in one transaction, so they move together or not at all.
 */
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { transition } from '../../kernel/states.ts';
import { raiseAlert } from '../alerts/index.ts';
import type {
  DisputeNotice,
  Honour,
  Payable,
  PaymentNotice,
  PurposeOwner,
  RefundNotice,
} from '../payments/index.ts';
import { cancelPaid, returnMoney } from './cancel-order.ts';
import { closingRequestOf, endUnpaid } from './closing.ts';
import { confirmOrder } from './confirm-order.ts';
import { type OrdersDeps, PURPOSE_TYPE } from './deps.ts';
import { orderAlreadyPaid, orderClosed, orderExpiring } from './errors.ts';
import { isAwaitingPayment, isPayable } from './order.ts';
import { orderMachine } from './order-states.ts';
import { claimAttempt, findLines, findOrder, setDisputeStatus } from './repository.ts';
import { settleRefund } from './settle-refund.ts';
import type { OrderRow } from './tables.ts';

/** Providers raise a shorter expiry to a minute, so that money could come after ours (RULES 5). */
const SHORTEST_ATTEMPT_MS = MINUTE_MS;

/** The owner of payments for orders, registered in compose.ts. */
export function createOrderOwner(deps: OrdersDeps): PurposeOwner {
  return {
    type: PURPOSE_TYPE,
    async lock(tx, id) {
      await tx.lock('orders', id);
    },
    claimForAttempt: (tx, id) => claimForAttempt(tx, deps, id),
    async isPayable(tx, id) {
      const order = await findOrder(tx, id);
      return order !== undefined && isPayable(order, tx.now);
    },
    onAuthorised,
    onSucceeded: (tx, payment) => onSucceeded(tx, deps, payment),
    onFailed: async () => undefined,
    onClosed: async () => undefined,
    onVoided,
    onRefundReserved: settleRefund,
    onRefundChanged: (tx, refund) => onRefundChanged(tx, deps, refund),
    onDisputeChanged: (tx, dispute) => onDisputeChanged(tx, deps, dispute),
  };
}

async function claimForAttempt(tx: Tx, { config }: OrdersDeps, id: string): Promise<Payable> {
  const leastMs = config.payExpireMs > SHORTEST_ATTEMPT_MS ? SHORTEST_ATTEMPT_MS : 0;
  const isClaimed = await claimAttempt(tx, id, tx.now + leastMs);
  const order = await findOrder(tx, id);
  if (!order) {
    throw new AppError(notFound);
  }
  if (!isClaimed) {
    throw new AppError(refusalOf(order, tx.now));
  }
  return {
    amount: { amount: order.total, currency: order.currency },
    kind: order.kind,
    description: await describe(tx, order),
    customerId: order.customer_id,
    expiresAt: order.expires_at,
  };
}

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
  return hasEnded || isAwaitingPayment(order) ? orderClosed : orderAlreadyPaid;
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
    }
    return 'honoured';
  }
  if (order.payment_id !== paymentId) {
    return 'surplus';
  }
  if (order.payment_status === 'authorized') {
    await transition<OrderRow>(tx, orderMachine, order, { payment_status: 'paid' }, { by, note: paymentId });
  }
  return order.payment_status === 'unpaid' ? 'surplus' : 'honoured';
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
    await endUnpaid(tx, order, { to: 'cancelled', by, reason: null });
    return;
  }
  await transition<OrderRow>(tx, orderMachine, order, { payment_status: 'unpaid' }, { by, note: paymentId });
  await raiseAlert(tx, {
    kind: 'shipped_unpaid',
    subject: order.id,
    severity: 'critical',
    details: { orderNumber: order.order_number, paymentId },
  });
}
