import { createHash } from 'node:crypto';
import type { PaypalContext } from './context.ts';
import { type Amount, type MoneyView, showMoney } from './money.ts';
import type { Authorisation, Capture, Order, Refund } from './orders.ts';

interface Link {
  href: string;
  rel: string;
  method: string;
}

/** In whole seconds, as PayPal writes times. */
export const toTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

/** What PayPal calls this buyer: always the same for the same one. */
export function payerAccountOf(payerId: string): string {
  const bytes = createHash('sha256').update(payerId).digest();
  return Array.from(bytes.subarray(0, 13), (byte) => '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'[byte % 32]).join('');
}

export function payerOf(context: PaypalContext, payerId: string) {
  const accountId = payerAccountOf(payerId);
  const { name } = context.payers.find(payerId);
  return {
    accountId,
    email: `${accountId.toLowerCase()}@buyer.example.test`,
    name: { given_name: name, surname: 'Simulated' },
  };
}

function link(context: PaypalContext, path: string, rel: string, method = 'GET'): Link {
  return { href: `${context.baseUrl()}${path}`, rel, method };
}

const times = ({ createdAt, updatedAt }: { createdAt: number; updatedAt: number }) => ({
  create_time: toTime(createdAt),
  update_time: toTime(updatedAt),
});

const payeeOf = (context: PaypalContext) => {
  const { merchantId, merchantEmail } = context.material.current();
  return { email_address: merchantEmail, merchant_id: merchantId };
};

/** The page on which the payer agrees. */
export const payerPageOf = (context: PaypalContext, orderId: string) =>
  `${context.baseUrl()}/checkoutnow?token=${orderId}`;

function orderLinks(context: PaypalContext, order: Order): Link[] {
  const path = `/v2/checkout/orders/${order.id}`;
  const verb = order.intent === 'CAPTURE' ? 'capture' : 'authorize';
  switch (order.status) {
    case 'CREATED':
    case 'PAYER_ACTION_REQUIRED':
      return [
        link(context, path, 'self'),
        { href: payerPageOf(context, order.id), rel: 'payer-action', method: 'GET' },
      ];
    case 'APPROVED':
      return [
        link(context, path, 'self'),
        { href: payerPageOf(context, order.id), rel: 'payer-action', method: 'GET' },
        link(context, `${path}/${verb}`, verb, 'POST'),
      ];
    case 'COMPLETED':
    case 'VOIDED':
      return [link(context, path, 'self')];
  }
}

const inCurrencyOf =
  (order: Order) =>
  (units: number): MoneyView =>
    showMoney({ units, currency: order.amount.currency } satisfies Amount);

export function showCapture(context: PaypalContext, order: Order, capture: Capture) {
  const money = inCurrencyOf(order);
  const path = `/v2/payments/captures/${capture.id}`;
  const isDone = !['PENDING', 'DECLINED', 'FAILED'].includes(capture.status);
  const up =
    order.authorisation === null
      ? `/v2/checkout/orders/${order.id}`
      : `/v2/payments/authorizations/${order.authorisation.id}`;
  return {
    id: capture.id,
    status: capture.status,
    ...(capture.reason !== null && { status_details: { reason: capture.reason } }),
    amount: money(capture.units),
    final_capture: capture.isFinal,
    seller_protection: {
      status: 'ELIGIBLE',
      dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
    },
    ...(isDone && {
      seller_receivable_breakdown: {
        gross_amount: money(capture.units),
        paypal_fee: money(capture.fee),
        net_amount: money(capture.units - capture.fee),
      },
    }),
    invoice_id: capture.invoiceId,
    custom_id: order.customId,
    links: [
      link(context, path, 'self'),
      link(context, `${path}/refund`, 'refund', 'POST'),
      link(context, up, 'up'),
    ],
    ...times(capture),
  };
}

/** As the captures' own address and the notifications show it. */
export function showCaptureAlone(context: PaypalContext, order: Order, capture: Capture) {
  return {
    ...showCapture(context, order, capture),
    payee: payeeOf(context),
    supplementary_data: {
      related_ids: {
        order_id: order.id,
        ...(order.authorisation && { authorization_id: order.authorisation.id }),
      },
    },
  };
}

function showAuthorisation(context: PaypalContext, order: Order, authorisation: Authorisation) {
  const path = `/v2/payments/authorizations/${authorisation.id}`;
  return {
    id: authorisation.id,
    status: authorisation.status,
    amount: showMoney(order.amount),
    ...(order.invoiceId !== null && { invoice_id: order.invoiceId }),
    custom_id: order.customId,
    expiration_time: toTime(authorisation.expiresAt),
    seller_protection: {
      status: 'ELIGIBLE',
      dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
    },
    links: [
      link(context, path, 'self'),
      link(context, `${path}/capture`, 'capture', 'POST'),
      link(context, `${path}/void`, 'void', 'POST'),
    ],
    ...times(authorisation),
  };
}

export function showAuthorisationAlone(context: PaypalContext, order: Order, authorisation: Authorisation) {
  return {
    ...showAuthorisation(context, order, authorisation),
    payee: payeeOf(context),
    supplementary_data: { related_ids: { order_id: order.id } },
  };
}

export function showRefund(context: PaypalContext, order: Order, refund: Refund) {
  const money = inCurrencyOf(order);
  const before = order.refunds
    .filter(({ captureId, status }) => captureId === refund.captureId && status === 'COMPLETED')
    .reduce((sum, { units }) => sum + units, 0);
  return {
    id: refund.id,
    status: refund.status,
    amount: money(refund.units),
    invoice_id: refund.invoiceId,
    custom_id: refund.customId,
    ...(refund.note !== null && { note_to_payer: refund.note }),
    seller_payable_breakdown: {
      gross_amount: money(refund.units),
      paypal_fee: money(0),
      net_amount: money(refund.units),
      total_refunded_amount: money(before),
    },
    payer: payeeOf(context),
    links: [
      link(context, `/v2/payments/refunds/${refund.id}`, 'self'),
      link(context, `/v2/payments/captures/${refund.captureId}`, 'up'),
    ],
    ...times(refund),
  };
}

export function showOrder(context: PaypalContext, order: Order) {
  const payer = order.payerId === null ? undefined : payerOf(context, order.payerId);
  const hasMoney = order.authorisation !== null || order.captures.length > 0;
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    payment_source: {
      paypal: payer
        ? {
            email_address: payer.email,
            account_id: payer.accountId,
            account_status: 'VERIFIED',
            name: payer.name,
          }
        : {},
    },
    purchase_units: [
      {
        reference_id: order.referenceId,
        amount: showMoney(order.amount),
        payee: payeeOf(context),
        ...(order.description !== null && { description: order.description }),
        custom_id: order.customId,
        ...(order.invoiceId !== null && { invoice_id: order.invoiceId }),
        ...(hasMoney && {
          payments: {
            ...(order.authorisation && {
              authorizations: [showAuthorisation(context, order, order.authorisation)],
            }),
            ...(order.captures.length > 0 && {
              captures: order.captures.map((capture) => showCapture(context, order, capture)),
            }),
            ...(order.refunds.length > 0 && {
              refunds: order.refunds.map((refund) => showRefund(context, order, refund)),
            }),
          },
        }),
      },
    ],
    ...(payer && {
      payer: { name: payer.name, email_address: payer.email, payer_id: payer.accountId },
    }),
    ...times(order),
    links: orderLinks(context, order),
  };
}

/** Without `Prefer: return=representation` only this much is answered. */
export function showBriefly<View extends { id: string; status: string; links: Link[] }>({
  id,
  status,
  links,
}: View) {
  return { id, status, links };
}
