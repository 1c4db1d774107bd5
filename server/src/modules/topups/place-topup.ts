/**
 * Ordering a top-up. Invariant: its row is inserted with its order, in one transaction, and nothing of what was sold
 * changes afterwards: tariff, price, rate and number stand in it as they were. Crash story: that of placing an order.
 */
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { TopupType } from '../../operators/operator.ts';
import type { OrderRow, PlacedOrder, VirtualOrderRequest } from '../orders/index.ts';
import type { TopupsDeps } from './deps.ts';
import { type FoundProduct, findProduct } from './products.ts';
import type { TopupRow } from './tables.ts';
import { SALE_CURRENCY } from './topup.ts';

export interface TopupRequest
  extends Pick<
    VirtualOrderRequest,
    'customerId' | 'customerNote' | 'expectedTotal' | 'paidBy' | 'metadata' | 'claimId'
  > {
  /** As the customer writes it. */
  readonly msisdn: string;
  readonly type: TopupType;
  readonly code: string;
  readonly vatRegisterNumber: string | null;
}

/**
 * Orders it at the operator's price, or finds the order that this request, or an equal one, has placed before. Throws what
 * {@link findProduct} and placing an order throw; `price_changed` (409) where another total was expected.
 */
export async function placeTopup(deps: TopupsDeps, request: TopupRequest): Promise<PlacedOrder> {
  const found = await findProduct(deps, request);
  const { operator, msisdn, product } = found;
  const { operator: name, name: label } = operator.capabilities;
  const { customerId, customerNote, expectedTotal, paidBy, metadata, claimId } = request;
  return deps.orders.placeVirtualOrder({
    ...{ customerId, customerNote, expectedTotal, paidBy, metadata, claimId },
    kind: 'topup',
    currency: SALE_CURRENCY,
    item: {
      id: `${name}:${product.type}:${product.code}`,
      sku: product.code,
      name: `${label.en} ${product.englishName ?? product.name}`,
      description: null,
      image: null,
      unitPrice: product.amount,
      quantity: 1,
    },
    sameAs: [msisdn, request.vatRegisterNumber ?? ''],
    write: (tx, order) => insertTopup(tx, order, found, request),
  });
}

async function insertTopup(
  tx: Tx,
  order: OrderRow,
  { operator, msisdn, product, rate }: FoundProduct,
  { vatRegisterNumber }: TopupRequest,
): Promise<void> {
  const row: TopupRow = {
    id: newId('top'),
    order_id: order.id,
    customer_id: order.customer_id,
    operator: operator.capabilities.operator,
    msisdn,
    type: product.type,
    code: product.type === 'bill' ? null : product.code,
    name: product.name,
    english_name: product.englishName,
    units: product.units,
    data: product.data,
    days: product.days,
    price: product.price,
    price_currency: operator.capabilities.currency,
    amount: order.total,
    currency: order.currency,
    rate_from_units: rate.fromUnits,
    rate_to_units: rate.toUnits,
    vat_register_number: vatRegisterNumber,
    ...{ paid_at: null, recharge_at: null, send_until: null, claim_token: null },
    ...{ result: null, result_code: null, result_message: null, result_at: null },
    ...{ sequence: null, service_id: null, vat_bill: null },
    ...{ decision: null, decision_reason: null, decided_by: null, decided_at: null },
    awaits_person: null,
    created_at: tx.now,
    updated_at: tx.now,
  };
  await insertRow(tx, 'topups', row);
}
