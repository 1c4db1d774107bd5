/** How an order reads, with the authorisations, captures and refunds in it: in answers and notifications alike. */
import { z } from 'zod';
import type { Money } from '../../kernel/money.ts';
import type { PaymentFacts, QueryPaymentResult } from '../gateway.ts';
import { MALFORMED_ANSWER } from './issues.ts';
import { moneySchema, readPaypalMoney } from './money.ts';

/** `paid`: whatever money there is stands in its authorisations and captures. */
export const ORDER_STATUSES = {
  CREATED: 'pending',
  SAVED: 'pending',
  PAYER_ACTION_REQUIRED: 'pending',
  APPROVED: 'approved',
  VOIDED: 'closed',
  COMPLETED: 'paid',
} as const satisfies Record<string, QueryPaymentResult['outcome'] | 'paid'>;

/** What was refunded was taken before. */
export const CAPTURE_STATUSES = {
  COMPLETED: 'succeeded',
  PARTIALLY_REFUNDED: 'succeeded',
  REFUNDED: 'succeeded',
  PENDING: 'processing',
  DECLINED: 'declined',
  FAILED: 'declined',
} as const satisfies Record<string, QueryPaymentResult['outcome']>;

/** A hold of which a part was captured can still be captured. */
export const AUTHORISATION_STATUSES = {
  CREATED: 'authorized',
  PARTIALLY_CAPTURED: 'authorized',
  CAPTURED: 'succeeded',
  PENDING: 'processing',
  DENIED: 'declined',
  VOIDED: 'closed',
  EXPIRED: 'closed',
} as const satisfies Record<string, QueryPaymentResult['outcome']>;

const payeeSchema = z.object({ merchant_id: z.string().optional() }).optional();

export const captureSchema = z.object({
  id: z.string(),
  status: z.string(),
  status_details: z.object({ reason: z.string().optional() }).optional(),
  amount: moneySchema,
  custom_id: z.string().optional(),
  invoice_id: z.string().optional(),
  create_time: z.string().optional(),
  payee: payeeSchema,
  seller_receivable_breakdown: z.object({ paypal_fee: moneySchema.optional() }).optional(),
  supplementary_data: z
    .object({
      related_ids: z.object({ order_id: z.string().optional(), authorization_id: z.string().optional() }),
    })
    .partial()
    .optional(),
});

const authorisationSchema = z.object({
  id: z.string(),
  status: z.string(),
  amount: moneySchema,
  create_time: z.string().optional(),
  expiration_time: z.string().optional(),
});

const orderSchema = z.object({
  id: z.string(),
  status: z.string(),
  intent: z.enum(['CAPTURE', 'AUTHORIZE']).optional(),
  payer: z.object({ payer_id: z.string().optional() }).optional(),
  purchase_units: z
    .array(
      z.object({
        custom_id: z.string(),
        payee: payeeSchema,
        payments: z
          .object({
            authorizations: z.array(authorisationSchema).default([]),
            captures: z.array(captureSchema).default([]),
            refunds: z.array(z.unknown()).default([]),
          })
          .optional(),
      }),
    )
    .min(1),
  links: z.array(z.object({ rel: z.string(), href: z.string() })).default([]),
});

export type Capture = z.infer<typeof captureSchema>;
type Authorisation = z.infer<typeof authorisationSchema>;

export interface OrderReading {
  readonly orderId: string;
  readonly paymentId: string;
  readonly result: QueryPaymentResult;
  readonly authorisationId: string | null;
  readonly captures: readonly Capture[];
  /** As they came; see `refund-reading.ts`. */
  readonly refunds: readonly unknown[];
  /** Where the payer agrees, while they still can. */
  readonly payerUrl: string | null;
  /** Who is told in each fact. */
  readonly parties: Parties;
}

export interface Parties {
  readonly merchantAccount: string;
  readonly payer: string | null;
}

function isKey<T extends object>(table: T, key: string): key is keyof T & string {
  return Object.hasOwn(table, key);
}

/** RFC 3339; `undefined` when it is no time. */
export function parseTime(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const unknownStatus = (status: string): QueryPaymentResult => ({
  outcome: 'unknown',
  reason: {
    code: 'unknown_status',
    message: `PayPal names a status that is not known here: ${status.slice(0, 40)}.`,
  },
});

const malformed: QueryPaymentResult = { outcome: 'unknown', reason: MALFORMED_ANSWER };

/** What PayPal kept of a capture, where it says so in the currency of the capture. */
function feeOf(capture: Capture): number | undefined {
  const fee = capture.seller_receivable_breakdown?.paypal_fee;
  return fee && fee.currency_code === capture.amount.currency_code ? readPaypalMoney(fee)?.amount : undefined;
}

/** What one capture took; `undefined` when anything is missing that money can not be booked without. */
export function factsOfCapture(capture: Capture, parties: Parties): PaymentFacts | undefined {
  const amount = readPaypalMoney(capture.amount);
  const paidAt = parseTime(capture.create_time);
  if (!amount || paidAt === undefined) {
    return undefined;
  }
  const fee = feeOf(capture);
  return {
    ...{ amount, merchantAccount: parties.merchantAccount, appId: null, transactionId: capture.id, paidAt },
    payer: parties.payer,
    ...(fee !== undefined && { fee }),
  };
}

export function declinedReason(capture: Pick<Capture, 'status' | 'status_details'>) {
  const code = capture.status_details?.reason ?? capture.status;
  return { code: /^[A-Z_]{1,64}$/.test(code) ? code : 'declined', message: 'PayPal declined the payment.' };
}

/** What one capture says of an attempt that is captured once and as a whole. */
export function resultOfCapture(capture: Capture, parties: Parties, reference: string): QueryPaymentResult {
  if (!isKey(CAPTURE_STATUSES, capture.status)) {
    return unknownStatus(capture.status);
  }
  const outcome = CAPTURE_STATUSES[capture.status];
  switch (outcome) {
    case 'succeeded': {
      const facts = factsOfCapture(capture, parties);
      return facts ? { outcome, reference, facts } : malformed;
    }
    case 'processing':
      return { outcome, reference };
    case 'declined':
      return { outcome, reason: declinedReason(capture) };
  }
}

/** What was taken of a hold in all; it keeps the number of the hold. */
function sumOfCaptures(
  authorisation: Authorisation,
  captures: readonly Capture[],
  parties: Parties,
): PaymentFacts | undefined {
  const done = captures.filter(
    ({ status }) => isKey(CAPTURE_STATUSES, status) && CAPTURE_STATUSES[status] === 'succeeded',
  );
  const facts = done.map((capture) => factsOfCapture(capture, parties)).filter((each) => each !== undefined);
  const [first] = facts;
  if (!first || facts.length < done.length) {
    return undefined;
  }
  const { fee: _fee, ...common } = first;
  const fees = facts.map(({ fee }) => fee).filter((fee) => fee !== undefined);
  return {
    ...common,
    transactionId: authorisation.id,
    amount: { ...first.amount, amount: sum(facts.map(({ amount }) => amount.amount)) },
    paidAt: Math.max(...facts.map(({ paidAt }) => paidAt)),
    ...(fees.length === facts.length && { fee: sum(fees) }),
  };
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

function resultOfAuthorisation(
  authorisation: Authorisation,
  captures: readonly Capture[],
  parties: Parties,
  reference: string,
): QueryPaymentResult {
  if (!isKey(AUTHORISATION_STATUSES, authorisation.status)) {
    return unknownStatus(authorisation.status);
  }
  const outcome = AUTHORISATION_STATUSES[authorisation.status];
  switch (outcome) {
    case 'authorized': {
      const amount: Money | undefined = readPaypalMoney(authorisation.amount);
      const paidAt = parseTime(authorisation.create_time);
      const until = parseTime(authorisation.expiration_time);
      if (!amount || paidAt === undefined) {
        return malformed;
      }
      const facts = { ...parties, amount, appId: null, transactionId: authorisation.id, paidAt };
      return { outcome, reference, facts, ...(until !== undefined && { authorisedUntil: until }) };
    }
    case 'succeeded': {
      const facts = sumOfCaptures(authorisation, captures, parties);
      return facts ? { outcome, reference, facts } : { outcome: 'processing', reference };
    }
    case 'processing':
      return { outcome, reference };
    case 'declined':
      return { outcome, reason: declinedReason(authorisation) };
    case 'closed': {
      // Let go after a part was taken: that part is what came of it.
      const facts = sumOfCaptures(authorisation, captures, parties);
      return facts ? { outcome: 'succeeded', reference, facts } : { outcome };
    }
  }
}

function resultOf(order: z.infer<typeof orderSchema>, parties: Parties): QueryPaymentResult {
  if (!isKey(ORDER_STATUSES, order.status)) {
    return unknownStatus(order.status);
  }
  const { authorizations = [], captures = [] } = order.purchase_units[0]?.payments ?? {};
  const outcome = ORDER_STATUSES[order.status];
  switch (outcome) {
    case 'pending':
    case 'approved':
      return { outcome, reference: order.id };
    case 'closed':
    case 'paid': {
      const [authorisation] = authorizations;
      if (authorisation) {
        return resultOfAuthorisation(authorisation, captures, parties, order.id);
      }
      const [capture] = captures;
      if (capture) {
        return resultOfCapture(capture, parties, order.id);
      }
      return outcome === 'closed' ? { outcome } : malformed;
    }
  }
}

/** Reads an order; `undefined` when it is none, or none of ours. `merchantId` is ours, for answers that do not repeat it. */
export function readOrder(body: unknown, merchantId: string): OrderReading | undefined {
  const { data: order } = orderSchema.safeParse(body);
  const unit = order?.purchase_units[0];
  if (!order || !unit) {
    return undefined;
  }
  const parties: Parties = {
    merchantAccount: unit.payee?.merchant_id ?? merchantId,
    payer: order.payer?.payer_id ?? null,
  };
  const link = order.links.find(({ rel }) => rel === 'payer-action' || rel === 'approve');
  return {
    orderId: order.id,
    paymentId: unit.custom_id,
    result: resultOf(order, parties),
    authorisationId: unit.payments?.authorizations[0]?.id ?? null,
    captures: unit.payments?.captures ?? [],
    refunds: unit.payments?.refunds ?? [],
    payerUrl: link?.href ?? null,
    parties,
  };
}
