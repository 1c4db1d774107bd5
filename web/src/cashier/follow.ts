/** How often the cashier asks what has become of an order. */
import type { Order } from '../types/orders.ts';

const EVERY_MS = 2_000;
const SLOW_MS = 10_000;
const MAX_BACKOFF_MS = 30_000;
/** Beyond the order's own time, closing asks the provider and late money may come; after this somebody has to ask. */
const GRACE_MS = 10 * 60_000;
/** A transfer takes hours or days. */
const TRANSFER_MS = 60_000;

export type Phase =
  | 'payable'
  | 'closing'
  | 'checking'
  | 'reviewing'
  | 'processing'
  | 'paid'
  | 'authorized'
  | 'confirmed'
  | 'cancelled'
  | 'closed';

type Followed = Pick<Order, 'status' | 'paymentStatus' | 'isClosing' | 'expiresAt' | 'payments' | 'refunds'>;

/** What the cashier shows of an order. */
export function phaseOf(order: Followed): Phase {
  if (order.status === 'closed' || order.status === 'cancelled') {
    return order.status;
  }
  if (order.paymentStatus === 'authorized') {
    return 'authorized';
  }
  if (order.paymentStatus !== 'unpaid') {
    return 'paid';
  }
  if (order.status !== 'pending') {
    return 'confirmed';
  }
  if (order.payments.some(({ status, reason }) => status === 'unknown' && reason === 'mismatch')) {
    return 'checking';
  }
  if (order.payments.some(({ status }) => status === 'requires_review')) {
    return 'reviewing';
  }
  if (order.payments.some(({ status, reason }) => status === 'pending' && reason === 'processing')) {
    return 'processing';
  }
  return order.isClosing || order.expiresAt === null ? 'closing' : 'payable';
}

/** Whether a refund is on its way. */
export function isRefunding(order: Pick<Order, 'refunds'>): boolean {
  return order.refunds.some(({ status }) => ['reserved', 'sent', 'unknown', 'abnormal'].includes(status));
}

/** Whether only a person can say that the money has come. */
function isTransfer(order: Pick<Order, 'payments'>): boolean {
  const open = order.payments.filter(({ status }) => status === 'pending');
  return open.length > 0 && open.every(({ method }) => method === 'bank_transfer');
}

/** Soon at first, because somebody may look at it at this moment. */
function transferMs(followedMs: number): number {
  return followedMs > GRACE_MS ? TRANSFER_MS : SLOW_MS;
}

/**
 * Milliseconds until the next question; `false` when there is nothing more to learn by itself. Every 2 s while the order
 * can be paid online, more slowly while something else is settled, and later and later while the server does not answer.
 */
export function nextQuestionMs(
  order: Followed | undefined,
  { failures, followedMs }: { readonly failures: number; readonly followedMs: number },
): number | false {
  if (failures > 0) {
    return Math.min(MAX_BACKOFF_MS, EVERY_MS * 2 ** failures);
  }
  if (order === undefined) {
    return false;
  }
  const phase = phaseOf(order);
  if (phase === 'payable') {
    return isTransfer(order) ? transferMs(followedMs) : EVERY_MS;
  }
  if (phase === 'reviewing' || phase === 'processing') {
    return transferMs(followedMs);
  }
  const isSettling = phase === 'closing' || phase === 'checking' || isRefunding(order);
  if (!isSettling || followedMs > GRACE_MS) {
    return false;
  }
  return phase === 'closing' ? EVERY_MS : SLOW_MS;
}
