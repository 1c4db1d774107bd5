/** Turns what a customer asks for into the order that can be placed: prices, names and addresses as they are now. */
import { createHash } from 'node:crypto';
import type { OrderKind } from '../../gateways/gateway.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import type { Sellable } from '../catalog/index.ts';
import { paymentMethodUnavailable } from '../payments/index.ts';
import { type OrderAddress, toOrderAddress } from './address.ts';
import type { OrdersDeps } from './deps.ts';
import { currencyMixed, priceChanged, shippingAddressRequired, variantUnavailable } from './errors.ts';
import { computeTotals, priceLine, type Totals } from './order.ts';
import type { OrderRow } from './tables.ts';

export interface OrderedItem {
  readonly variantId: string;
  readonly quantity: number;
  /** What the customer believes a unit costs; compared, never used. */
  readonly unitPrice?: number | undefined;
}

export interface OrderRequest {
  readonly customerId: string;
  readonly items: readonly OrderedItem[];
  readonly shippingAddress?: OrderAddress | undefined;
  /** One of the customer's own addresses, in place of `shippingAddress`. */
  readonly addressId?: string | undefined;
  /** The shipping address without it. */
  readonly billingAddress?: OrderAddress | undefined;
  readonly customerNote?: string | undefined;
  /** What the customer believes the order costs; compared, never used. */
  readonly expectedTotal?: number | undefined;
  /** The way to pay that was chosen already: where it does not sell the order, nothing is placed. */
  readonly paidBy?: string | undefined;
  readonly metadata: {
    /** `web`, `mobile`, `api` and so on. */
    readonly source: string;
    readonly userAgent: string | null;
    readonly ipAddress: string | null;
    readonly referrer: string | null;
  };
  readonly claimId: string | null;
  /**
   * For how long an equal cart gives the same order: a minute, unless it comes under an Idempotency-Key, with which it is
   * meant to be a new one; or whatever its key for as long as that order can be paid.
   */
  readonly repeats: 'within_a_minute' | 'while_payable';
}

export interface DraftLine {
  readonly variant: Sellable;
  readonly quantity: number;
  readonly totalPrice: number;
}

export interface OrderDraft {
  readonly request: OrderRequest;
  readonly kind: OrderKind;
  readonly lines: readonly DraftLine[];
  readonly currency: string;
  readonly totals: Totals;
  readonly requiresShipping: boolean;
  readonly shippingAddress: OrderAddress | null;
  readonly billingAddress: OrderAddress | null;
  /** `null` where an equal cart is another order. */
  readonly duplicateKey: string | null;
  /** How long it can be paid. */
  readonly expiresInMs: number;
  /** What else is written with it, in its transaction. */
  readonly write?: (tx: Tx, order: OrderRow) => Promise<void>;
}

/**
 * Reads catalogue and addresses and decides on nothing but them; prices that were sent are not compared yet. Throws
 * `variant_unavailable` (409), `currency_mixed`, `order_too_large`, `payment_method_unavailable`,
 * `shipping_address_required` (422) and `not_found` for an address of somebody else.
 */
export async function draftOrder(deps: OrdersDeps, request: OrderRequest): Promise<OrderDraft> {
  const quantities = new Map<string, number>();
  for (const { variantId, quantity } of request.items) {
    quantities.set(variantId, (quantities.get(variantId) ?? 0) + quantity);
  }
  const variants = await readVariants(deps, [...quantities.keys()]);
  const currency = currencyOf(variants);
  const lines = variants.map((variant) => {
    const quantity = quantities.get(variant.variantId) as number;
    return { variant, quantity, totalPrice: priceLine({ ...variant, quantity }) };
  });
  const priced = lines.map(({ variant, quantity }) => ({ ...variant, quantity }));
  const totals = computeTotals(priced, { discount: 0, tax: 0, shipping: 0 });
  assertOffered(deps, { kind: 'goods', currency, paidBy: request.paidBy });
  const requiresShipping = variants.some((variant) => variant.requiresShipping);
  const shippingAddress = await chooseAddress(deps, request, requiresShipping);
  return {
    request,
    kind: 'goods',
    lines,
    currency,
    totals,
    requiresShipping,
    shippingAddress,
    billingAddress: request.billingAddress ? toOrderAddress(request.billingAddress) : shippingAddress,
    duplicateKey:
      request.claimId === null || request.repeats === 'while_payable'
        ? fingerprint(request.customerId, lines, shippingAddress)
        : null,
    expiresInMs: deps.config.payExpireMs,
  };
}

/** Throws `payment_method_unavailable` (422) where the way to pay that was chosen does not sell such an order. */
export function assertOffered(
  { methodsFor }: OrdersDeps,
  {
    kind,
    currency,
    paidBy,
  }: {
    readonly kind: OrderKind;
    readonly currency: string;
    readonly paidBy: string | undefined;
  },
): void {
  const offered = methodsFor({ kind, currency });
  if (paidBy !== undefined && !offered.some(({ method }) => method === paidBy)) {
    throw new AppError(paymentMethodUnavailable, { details: { method: paidBy } });
  }
}

async function readVariants(deps: OrdersDeps, variantIds: readonly string[]): Promise<Sellable[]> {
  const found = await deps.catalog.readSellable(deps.db, variantIds);
  const variants = variantIds.map((variantId) => found.get(variantId));
  const missing = variantIds.filter((_, index) => variants[index]?.isSellable !== true);
  if (missing.length > 0) {
    throw new AppError(variantUnavailable, { details: { variantIds: missing } });
  }
  return variants as Sellable[];
}

function currencyOf(variants: readonly Sellable[]): string {
  const [currency, ...others] = new Set(variants.map((variant) => variant.currency));
  if (currency === undefined || others.length > 0) {
    throw new AppError(currencyMixed);
  }
  return currency;
}

const priceOf = ({ salePrice, unitPrice }: Sellable): number => salePrice ?? unitPrice;

/** Whether a unit was sent with a price that is not today's. */
export function hasOldUnitPrice({ request, lines }: OrderDraft): boolean {
  const prices = new Map(lines.map(({ variant }) => [variant.variantId, priceOf(variant)]));
  return request.items.some(
    ({ variantId, unitPrice }) => unitPrice !== undefined && unitPrice !== prices.get(variantId),
  );
}

/** Throws `price_changed` (409) where the customer was shown other prices, with those of today. */
export function assertPricesMatch(draft: OrderDraft): void {
  const { request, lines, totals, currency } = draft;
  const hasOldTotal = request.expectedTotal !== undefined && request.expectedTotal !== totals.total;
  if (hasOldTotal || hasOldUnitPrice(draft)) {
    const current = lines.map(({ variant }) => ({
      variantId: variant.variantId,
      unitPrice: priceOf(variant),
    }));
    throw new AppError(priceChanged, { details: { lines: current, total: totals.total, currency } });
  }
}

/** What was sent, or the address of the customer's that was named, or their default one where goods must go somewhere. */
async function chooseAddress(
  { db, addresses }: OrdersDeps,
  request: OrderRequest,
  requiresShipping: boolean,
): Promise<OrderAddress | null> {
  const { customerId, shippingAddress, addressId } = request;
  if (shippingAddress !== undefined) {
    return toOrderAddress(shippingAddress);
  }
  if (addressId !== undefined) {
    const address = await addresses.readAddress(db, customerId, addressId);
    if (address === undefined) {
      throw new AppError(notFound, { details: { addressId } });
    }
    return toOrderAddress(address);
  }
  if (!requiresShipping) {
    return null;
  }
  const address = await addresses.readDefaultAddress(db, customerId);
  if (address === undefined) {
    throw new AppError(shippingAddressRequired);
  }
  return toOrderAddress(address);
}

function fingerprint(
  customerId: string,
  lines: readonly DraftLine[],
  shippingAddress: OrderAddress | null,
): string {
  const cart = lines.map(({ variant, quantity }) => [variant.variantId, quantity] as const);
  const sorted = [...cart].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([customerId, sorted, shippingAddress]))
    .digest('hex');
}
