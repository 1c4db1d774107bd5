/** An order of something that the program delivers itself: one line, no stock, no address. */
import { createHash } from 'node:crypto';
import type { Tx } from '../../../kernel/db/index.ts';
import type { OrdersDeps } from '../deps.ts';
import { assertOffered, type OrderDraft, type OrderRequest } from '../draft-order.ts';
import { computeTotals } from '../order.ts';
import type { OrderRow } from '../tables.ts';
import type { VirtualKind } from './fulfiller.ts';

export interface VirtualItem {
  /** The owner's number of what is sold: a package, a tariff. */
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
  readonly image: string | null;
  /** Minor units; decided by the owner, never by a client. */
  readonly unitPrice: number;
  readonly quantity: number;
}

export interface VirtualOrderRequest
  extends Pick<
    OrderRequest,
    'customerId' | 'customerNote' | 'expectedTotal' | 'paidBy' | 'metadata' | 'claimId'
  > {
  readonly kind: VirtualKind;
  readonly currency: string;
  readonly item: VirtualItem;
  /** What besides the item makes two wishes one, such as the number that is topped up. */
  readonly sameAs: readonly string[];
  /** How long it can be paid; as long as goods without it. */
  readonly expiresInMs?: number;
  /** Writes the owner's own row, in the transaction that inserts the order. */
  write(tx: Tx, order: OrderRow): Promise<void>;
}

/** Throws `payment_method_unavailable` (422), and a defect for something that costs nothing. */
export function draftVirtualOrder(deps: OrdersDeps, wanted: VirtualOrderRequest): OrderDraft {
  const { kind, currency, item } = wanted;
  const totals = computeTotals([{ ...item, salePrice: null }], { discount: 0, tax: 0, shipping: 0 });
  if (totals.total <= 0) {
    throw new Error(`${kind} ${item.id} costs nothing`);
  }
  assertOffered(deps, { kind, currency, paidBy: wanted.paidBy });
  const variant = {
    ...{ variantId: item.id, productId: item.id, sku: item.sku, name: item.name, image: item.image },
    ...{ description: item.description ?? '', unitPrice: item.unitPrice, salePrice: null, currency },
    ...{ requiresShipping: false, isTaxable: false, isSellable: true },
  };
  return {
    request: toRequest(wanted),
    kind,
    lines: [{ variant, quantity: item.quantity, totalPrice: totals.total }],
    currency,
    totals,
    requiresShipping: false,
    shippingAddress: null,
    billingAddress: null,
    duplicateKey: wanted.claimId === null ? fingerprint(wanted) : null,
    expiresInMs: wanted.expiresInMs ?? deps.config.payExpireMs,
    write: wanted.write,
  };
}

/** What placing asks of any order. */
export function toRequest(wanted: VirtualOrderRequest): OrderRequest {
  const { customerId, customerNote, expectedTotal, paidBy, metadata, claimId } = wanted;
  const repeats = 'within_a_minute';
  return { customerId, items: [], customerNote, expectedTotal, paidBy, metadata, claimId, repeats };
}

function fingerprint({ customerId, kind, item, sameAs }: VirtualOrderRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([customerId, kind, item.id, item.quantity, sameAs]))
    .digest('hex');
}
