/**
 * Placing an order.
 *
 * Invariant: one order for one wish. The Idempotency-Key's claim or the fingerprint of the cart stands in the order's row
 * under a unique key, so of any number of equal requests at once one inserts and the others find its order. Stock is
 * promised, the unpaid order is counted, and the job that closes it is written in the transaction that inserts it.
 *
 * Crash story: before the commit nothing has happened; after it the order stands with its stock, its job and its event,
 * and whoever asks again under the same key or with the same cart gets it.
 */
import { systemActor } from '../../kernel/actor.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import { insertRows, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { publish } from '../../kernel/events/index.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates, transition } from '../../kernel/states.ts';
import { reserveForOrder } from '../inventory/index.ts';
import { planClose } from './close-job.ts';
import { draftVirtualOrder, toRequest, type VirtualOrderRequest } from './delivery/draft-virtual-order.ts';
import type { OrdersDeps } from './deps.ts';
import {
  assertPricesMatch,
  draftOrder,
  hasOldUnitPrice,
  type OrderDraft,
  type OrderRequest,
} from './draft-order.ts';
import { orderConfirmed, orderPlaced, toOrderEvent } from './events.ts';
import { isPayable, makeOrderNumber } from './order.ts';
import { orderMachine } from './order-states.ts';
import { findLines, findOrderByClaim, findOrderByDuplicateKey, releaseDuplicateKey } from './repository.ts';
import type { OrderLineRow, OrderRow } from './tables.ts';
import { countUnpaid } from './unpaid-counts.ts';

const MAX_TRIES = 5;
const REPEAT_WINDOW_MS = MINUTE_MS;

export interface PlacedOrder {
  readonly order: OrderRow;
  readonly lines: readonly OrderLineRow[];
  /** `key`: the request's own key has placed it before. `cart`: the same cart was sent a moment ago. */
  readonly repeatOf: 'key' | 'cart' | null;
}

/** Thrown to undo a placement whose key, fingerprint or number another order holds. */
class KeyTaken extends Error {
  constructor() {
    super('another order holds one of the unique keys');
    this.name = 'KeyTaken';
  }
}

/**
 * Places the order or finds the one that this request, or an equal one, has placed before. Throws what {@link draftOrder}
 * throws, `price_changed` (409), `insufficient_stock` (409) that names each short line, and `too_many_unpaid_orders` (429).
 */
export function placeOrder(deps: OrdersDeps, request: OrderRequest): Promise<PlacedOrder> {
  return place(deps, request, () => draftOrder(deps, request));
}

/**
 * The same for something that the program delivers itself. Throws `payment_method_unavailable`, `order_too_large` (422),
 * `price_changed` (409) and `too_many_unpaid_orders` (429).
 */
export function placeVirtualOrder(deps: OrdersDeps, wanted: VirtualOrderRequest): Promise<PlacedOrder> {
  return place(deps, toRequest(wanted), async () => draftVirtualOrder(deps, wanted));
}

async function place(
  deps: OrdersDeps,
  request: OrderRequest,
  makeDraft: () => Promise<OrderDraft>,
): Promise<PlacedOrder> {
  let draft: OrderDraft | undefined;
  try {
    draft = await makeDraft();
    assertPricesMatch(draft);
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const placed = await tryPlace(deps, draft);
      if (placed !== undefined) {
        return placed;
      }
    }
    throw new Error(`no free order number in ${MAX_TRIES} tries`);
  } catch (error) {
    // A repeat can be refused where the first run was not: that one took the last unit, or a price has changed since.
    const earlier = error instanceof AppError ? await findEarlier(deps, request, draft) : undefined;
    if (earlier === undefined) {
      throw error;
    }
    return earlier;
  }
}

/** `undefined` when another order stood in the way that is none of this customer's wish any more. */
async function tryPlace(deps: OrdersDeps, draft: OrderDraft): Promise<PlacedOrder | undefined> {
  try {
    const placed = await deps.db.tx('order.place', (tx) => insertOrder(tx, deps, draft));
    return { ...placed, repeatOf: null };
  } catch (error) {
    if (!(error instanceof KeyTaken)) {
      throw error;
    }
    const earlier = await findEarlier(deps, draft.request, draft);
    if (earlier === undefined) {
      await releaseOtherWish(deps, draft);
    }
    return earlier;
  }
}

async function findEarlier(
  deps: OrdersDeps,
  request: OrderRequest,
  draft: OrderDraft | undefined,
): Promise<PlacedOrder | undefined> {
  const own = request.claimId === null ? undefined : await findOrderByClaim(deps.db, request.claimId);
  if (own !== undefined) {
    return { order: own, lines: await findLines(deps.db, own.id), repeatOf: 'key' };
  }
  const twin = draft && (await findTwin(deps, draft));
  if (!twin || !isSameWish(twin, draft, deps.clock.now())) {
    return undefined;
  }
  return { order: twin, lines: await findLines(deps.db, twin.id), repeatOf: 'cart' };
}

/** The order that holds the fingerprint of the cart. */
async function findTwin({ db }: OrdersDeps, { duplicateKey }: OrderDraft): Promise<OrderRow | undefined> {
  return duplicateKey === null ? undefined : findOrderByDuplicateKey(db, duplicateKey);
}

/** Whether the order of an equal cart is what is asked for again: recent enough, and for what the customer means to pay. */
function isSameWish(order: OrderRow, draft: OrderDraft, now: number): boolean {
  const { request, totals } = draft;
  if (order.total !== (request.expectedTotal ?? totals.total) || hasOldUnitPrice(draft)) {
    return false;
  }
  const isRecent = now - order.placed_at < REPEAT_WINDOW_MS;
  const isFree = order.total === 0 && order.status === 'confirmed';
  return isPayable(order, now) ? isRecent || request.repeats === 'while_payable' : isRecent && isFree;
}

/** Makes room under the fingerprint, where an order holds it that is not what is asked for now. */
async function releaseOtherWish(deps: OrdersDeps, draft: OrderDraft): Promise<void> {
  const { duplicateKey } = draft;
  const twin = await findTwin(deps, draft);
  if (twin && duplicateKey !== null && !isSameWish(twin, draft, deps.clock.now())) {
    await deps.db.tx('order.release_cart', (tx) => releaseDuplicateKey(tx, twin.id, duplicateKey));
  }
}

async function insertOrder(
  tx: Tx,
  deps: OrdersDeps,
  draft: OrderDraft,
): Promise<Pick<PlacedOrder, 'order' | 'lines'>> {
  const { customerId } = draft.request;
  const order = toRow(tx, draft);
  const isFree = order.total === 0;
  if (draft.kind === 'goods') {
    await reserveForOrder(tx, {
      orderId: order.id,
      customerId,
      lines: draft.lines.map(({ variant, quantity }) => ({ variantId: variant.variantId, quantity })),
    });
  }
  if (!isFree) {
    await countUnpaid(tx, customerId, deps.config.maxUnpaid);
  }
  if (!(await tx.insertOnce('orders', order))) {
    throw new KeyTaken();
  }
  const lines = toLineRows(order.id, draft);
  await insertRows(tx, 'order_lines', lines);
  await draft.write?.(tx, order);
  const { status, payment_status, fulfilment_status } = order;
  const by = { type: 'customer', id: customerId } as const;
  await recordInitialStates(
    tx,
    orderMachine,
    order.id,
    { status, payment_status, fulfilment_status },
    { by },
  );
  await publish(tx, orderPlaced, order.id, toOrderEvent(order));
  if (isFree) {
    return { order: await confirmFree(tx, order), lines };
  }
  await planClose(tx, order.id, order.expires_at);
  return { order, lines };
}

/** Nothing is owed, so nothing is waited for. */
async function confirmFree(tx: Tx, order: OrderRow): Promise<OrderRow> {
  const confirmed = await transition<OrderRow>(
    tx,
    orderMachine,
    order,
    { status: 'confirmed', payment_status: 'paid' },
    { by: systemActor(tx.name), note: 'nothing to pay', set: { confirmed_at: tx.now } },
  );
  await publish(tx, orderConfirmed, confirmed.id, toOrderEvent(confirmed));
  return confirmed;
}

function toRow(tx: Tx, draft: OrderDraft): OrderRow {
  const { request, totals, shippingAddress, billingAddress } = draft;
  const { metadata } = request;
  return {
    id: newId('ord'),
    version: initialVersion(orderMachine),
    order_number: makeOrderNumber(tx.now),
    customer_id: request.customerId,
    kind: draft.kind,
    status: 'pending',
    payment_status: 'unpaid',
    fulfilment_status: 'unfulfilled',
    currency: draft.currency,
    subtotal: totals.subtotal,
    discount: totals.discount,
    tax: totals.tax,
    shipping: totals.shipping,
    total: totals.total,
    requires_shipping: draft.requiresShipping ? 1 : 0,
    shipping_address: shippingAddress && JSON.stringify(shippingAddress),
    billing_address: billingAddress && JSON.stringify(billingAddress),
    customer_note: request.customerNote ?? null,
    internal_note: null,
    carrier: null,
    tracking_number: null,
    cancel_reason: null,
    source: metadata.source,
    user_agent: metadata.userAgent,
    ip_address: metadata.ipAddress,
    referrer: metadata.referrer,
    claim_id: request.claimId,
    duplicate_key: draft.duplicateKey,
    payment_id: null,
    attempts: 0,
    dispute_status: null,
    closing_at: null,
    closing_request: null,
    expires_at: tx.now + draft.expiresInMs,
    placed_at: tx.now,
    confirmed_at: null,
    shipped_at: null,
    delivered_at: null,
    completed_at: null,
    returned_at: null,
    cancelled_at: null,
    closed_at: null,
    updated_at: tx.now,
  };
}

function toLineRows(orderId: string, draft: OrderDraft): OrderLineRow[] {
  return draft.lines.map(({ variant, quantity, totalPrice }, index) => ({
    order_id: orderId,
    position: index + 1,
    variant_id: variant.variantId,
    product_id: variant.productId,
    sku: variant.sku,
    name: variant.name,
    description: variant.description,
    image: variant.image,
    unit_price: variant.unitPrice,
    sale_price: variant.salePrice,
    quantity,
    total_price: totalPrice,
    requires_shipping: variant.requiresShipping ? 1 : 0,
  }));
}
