import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Operator } from '../../operators/operator.ts';
import { topupTypes } from '../../operators/operator.ts';
import type { OrderRow } from '../orders/index.ts';
import type { NumberProducts } from './products.ts';
import type { Figures, Group, Revenue } from './statistics.ts';
import type { TopupRateRow, TopupRow } from './tables.ts';
import { type Rate, SALE_CURRENCY } from './topup.ts';

const time = z.string().nullable();
const type = z.enum(topupTypes);

/** So many units of the operator's currency are so many of the customer's. */
export const rateView = z.object({ fromUnits: z.int(), toUnits: z.int() });

export const operatorView = z.object({
  operator: z.string(),
  name: z.object({ en: z.string(), zh: z.string() }),
  country: z.string(),
  currency: z.string(),
  types: z.array(type),
  callingCode: z.string(),
  digits: z.int(),
  prefixes: z.array(z.string()),
  rate: rateView.nullable(),
});

/** What the operator calls a thing, and what is in it. */
const contentFields = {
  type,
  name: z.string(),
  englishName: z.string().nullable(),
  units: z.int().nullable(),
  data: z.string().nullable(),
  days: z.int().nullable(),
  price: z.int(),
  amount: z.int(),
};

export const productsView = z.object({
  operator: z.string(),
  msisdn: z.string(),
  plan: z.enum(['prepaid', 'postpaid']),
  /** Of `price`, in minor units. */
  priceCurrency: z.string(),
  /** Of `amount`, in minor units. */
  currency: z.string(),
  rate: rateView,
  products: z.array(z.object({ ...contentFields, group: z.string(), code: z.string() })),
});

/** A top-up as its customer sees it: what was sold, and where it stands. */
export const topupView = z.object({
  id: z.string(),
  orderId: z.string(),
  orderNumber: z.string(),
  operator: z.string(),
  msisdn: z.string(),
  ...contentFields,
  code: z.string().nullable(),
  priceCurrency: z.string(),
  currency: z.string(),
  rate: rateView,
  vatRegisterNumber: z.string().nullable(),
  /** Of the order. */
  status: z.string(),
  paymentStatus: z.string(),
  /** Of the delivery: unfulfilled, in_progress, fulfilled, failed, unknown or cancelled. */
  rechargeStatus: z.string(),
  sequence: z.string().nullable(),
  serviceId: z.string().nullable(),
  vatBill: z.record(z.string(), z.unknown()).nullable(),
  /** Until when it can be paid; only while it can. */
  expiresAt: time,
  createdAt: z.string(),
  paidAt: time,
  rechargeAt: time,
  resultAt: time,
});

/** What staff sees besides. */
export const topupStaffView = topupView.extend({
  customerId: z.string(),
  awaitsPerson: z.enum(['unknown', 'failed']).nullable(),
  sendUntil: time,
  result: z.enum(['delivered', 'refused', 'not_sent', 'unknown']).nullable(),
  resultCode: z.string().nullable(),
  resultMessage: z.string().nullable(),
  decision: z.enum(['delivered', 'failed']).nullable(),
  decisionReason: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: time,
});

/** The order's columns that a view of its top-up needs. */
export type OrderPart = Pick<
  OrderRow,
  'order_number' | 'status' | 'payment_status' | 'fulfilment_status' | 'expires_at' | 'closing_at'
>;

export type TopupWithOrder = TopupRow & OrderPart;

const sumView = z.object({ count: z.int(), amount: z.int() });

export const figuresView = z.object({
  groups: z.array(
    z.object({
      operator: z.string(),
      type: z.string(),
      status: z.string(),
      count: z.int(),
      amount: z.int(),
      currency: z.string(),
    }),
  ),
  revenue: z.array(z.object({ currency: z.string(), paid: sumView, delivered: sumView, returned: sumView })),
});

export const rateRowView = rateView.extend({
  from: z.string(),
  to: z.string(),
  note: z.string().nullable(),
  setBy: z.string(),
  setAt: z.string(),
});

export function toOperatorView(
  { capabilities }: Operator,
  rate: Rate | undefined,
): z.infer<typeof operatorView> {
  const { operator, name, country, currency, types, numbers } = capabilities;
  return {
    ...{ operator, country, currency },
    name: { en: name.en, zh: name.zh },
    types: [...types],
    callingCode: numbers.callingCode,
    digits: numbers.digits,
    prefixes: [...numbers.prefixes],
    rate: rate ?? null,
  };
}

export function toProductsView(found: NumberProducts): z.infer<typeof productsView> {
  const { operator, msisdn, plan, rate, products } = found;
  return {
    ...{ msisdn, plan, rate },
    operator: operator.capabilities.operator,
    priceCurrency: operator.capabilities.currency,
    currency: SALE_CURRENCY,
    products: [...products],
  };
}

export function toTopupView(row: TopupWithOrder): z.infer<typeof topupView> {
  const isPayable = row.status === 'pending' && row.payment_status === 'unpaid' && row.closing_at === null;
  return {
    ...{ id: row.id, orderId: row.order_id, orderNumber: row.order_number },
    ...{ operator: row.operator, msisdn: row.msisdn, type: row.type, code: row.code, name: row.name },
    ...{ englishName: row.english_name, units: row.units, data: row.data, days: row.days },
    ...{ price: row.price, priceCurrency: row.price_currency, amount: row.amount, currency: row.currency },
    rate: { fromUnits: row.rate_from_units, toUnits: row.rate_to_units },
    vatRegisterNumber: row.vat_register_number,
    status: row.status,
    paymentStatus: row.payment_status,
    rechargeStatus: row.fulfilment_status,
    ...{ sequence: row.sequence, serviceId: row.service_id },
    vatBill: row.vat_bill === null ? null : (JSON.parse(row.vat_bill) as Record<string, unknown>),
    expiresAt: isPayable ? toIso(row.expires_at) : null,
    createdAt: toIso(row.created_at),
    paidAt: toIso(row.paid_at),
    rechargeAt: toIso(row.recharge_at),
    resultAt: toIso(row.result_at),
  };
}

export function toTopupStaffView(row: TopupWithOrder): z.infer<typeof topupStaffView> {
  return {
    ...toTopupView(row),
    ...{ customerId: row.customer_id, awaitsPerson: row.awaits_person, sendUntil: toIso(row.send_until) },
    ...{ result: row.result, resultCode: row.result_code, resultMessage: row.result_message },
    ...{ decision: row.decision, decisionReason: row.decision_reason, decidedBy: row.decided_by },
    decidedAt: toIso(row.decided_at),
  };
}

export function toFiguresView({ groups, revenue }: Figures): z.infer<typeof figuresView> {
  return {
    groups: groups.map((group: Group) => ({ ...group })),
    revenue: revenue.map((sums: Revenue) => ({ ...sums })),
  };
}

export function toRateRowView(row: TopupRateRow): z.infer<typeof rateRowView> {
  return {
    ...{ from: row.from_currency, to: row.to_currency },
    ...{ fromUnits: row.from_units, toUnits: row.to_units, note: row.note },
    setBy: row.set_by,
    setAt: toIso(row.created_at),
  };
}
