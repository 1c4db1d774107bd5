/** What the API shows of packages and orders of coins. Coins are hundredths, money minor units. */
import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { OrderRow } from '../orders/index.ts';
import type { PaymentStarted, PaymentView } from '../payments/index.ts';
import { podStatuses } from './pod-states.ts';
import type { CoinOrderRow, PodRow } from './tables.ts';

/** A package as customers see it. */
export const podView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  /** Hundredths of a coin. */
  coin: z.int(),
  giftCoin: z.int(),
  /** How many days the gift lasts; `null`: for ever. */
  giftDays: z.int().nullable(),
  /** Minor units of `currency`. */
  price: z.int(),
  currency: z.string(),
});

/** A package as staff sees it. */
export const staffPodView = podView.extend({
  status: z.enum(podStatuses),
  position: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export function toPodView(row: PodRow): z.infer<typeof podView> {
  const { id, name, description, price, currency } = row;
  return {
    ...{ id, name, description, price, currency },
    coin: row.coins,
    giftCoin: row.gift_coins,
    giftDays: row.gift_days,
  };
}

export function toStaffPodView(row: PodRow): z.infer<typeof staffPodView> {
  const { status, position } = row;
  return {
    ...{ ...toPodView(row), status, position },
    createdAt: toIso(row.created_at),
    updatedAt: toIso(row.updated_at),
  };
}

const snapshot = {
  orderId: z.string(),
  /** The number of the payment at its provider: of the one that paid, or else of the newest. */
  outTradeNo: z.string().nullable(),
  isPaid: z.boolean(),
  paidTime: z.string().nullable(),
  podId: z.string(),
  subject: z.string(),
  body: z.string(),
  /** Of one package. */
  price: z.int(),
  quantity: z.int(),
  amount: z.int(),
  currency: z.string(),
  coin: z.int(),
  giftCoin: z.int(),
  /** What was taken back because money went back. */
  returnedCoin: z.int(),
  returnedGiftCoin: z.int(),
  creditedTime: z.string().nullable(),
  createdAt: z.string(),
};

/** An order of coins as its customer sees it. */
export const coinOrderView = z.object({
  ...snapshot,
  orderNumber: z.string(),
  status: z.string(),
  paymentStatus: z.string(),
  fulfilmentStatus: z.string(),
  expiresAt: z.string().nullable(),
});

/** One in the list of staff; the rest of it is at `/admin/orders/:id`. */
export const staffCoinOrderView = z.object({ ...snapshot, customerId: z.string() });

function toSnapshot(row: CoinOrderRow) {
  const { subject, body, quantity, amount, currency } = row;
  return {
    ...{ orderId: row.id, outTradeNo: row.out_trade_no, isPaid: row.paid_at !== null },
    ...{ paidTime: toIso(row.paid_at), podId: row.pod_id, subject, body },
    ...{ price: row.unit_price, quantity, amount, currency, coin: row.coins, giftCoin: row.gift_coins },
    ...{ returnedCoin: row.returned_coins, returnedGiftCoin: row.returned_gift_coins },
    ...{ creditedTime: toIso(row.credited_at), createdAt: toIso(row.created_at) },
  };
}

/** `payments` are the order's attempts, oldest first. */
export function toCoinOrderView(
  row: CoinOrderRow,
  order: OrderRow,
  payments: readonly PaymentView[],
): z.infer<typeof coinOrderView> {
  const paying = payments.find(({ id }) => id === order.payment_id);
  const isPaid = !['unpaid', 'authorized'].includes(order.payment_status);
  return {
    ...toSnapshot(row),
    outTradeNo: row.out_trade_no ?? paying?.id ?? payments.at(-1)?.id ?? null,
    isPaid,
    paidTime: isPaid ? (toIso(row.paid_at) ?? paying?.paidAt ?? null) : null,
    orderNumber: order.order_number,
    status: order.status,
    paymentStatus: order.payment_status,
    fulfilmentStatus: order.fulfilment_status,
    expiresAt: order.status === 'pending' ? toIso(order.expires_at) : null,
  };
}

export function toStaffCoinOrderView(row: CoinOrderRow): z.infer<typeof staffCoinOrderView> {
  return { ...toSnapshot(row), customerId: row.customer_id };
}

/** An order that was placed, with what the payer's device needs to go on. */
export const startedView = z.object({
  orderId: z.string(),
  outTradeNo: z.string(),
  method: z.string(),
  /** Where the attempt to pay stands. */
  status: z.string(),
  amount: z.int(),
  currency: z.string(),
  expiresAt: z.string(),
  /** The text of a code that the payer scans, with methods that have one. */
  qrCode: z.string().optional(),
  /** The page that the payer is sent to, with methods that have one. */
  redirectUrl: z.string().optional(),
  /** All of it, by the provider's own names. */
  parameters: z.record(z.string(), z.string()),
});

export function toStartedView(
  orderId: string,
  { paymentId, method, status, amount, currency, parameters, expiresAt }: PaymentStarted,
): z.infer<typeof startedView> {
  const qrCode = parameters.qrCode ?? parameters.codeUrl;
  const { redirectUrl } = parameters;
  return {
    ...{ orderId, outTradeNo: paymentId, method, status, amount, currency, parameters: { ...parameters } },
    expiresAt: toIso(expiresAt),
    ...(qrCode !== undefined && { qrCode }),
    ...(redirectUrl !== undefined && { redirectUrl }),
  };
}
