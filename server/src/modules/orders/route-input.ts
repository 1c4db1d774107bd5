/** What several routes of orders take. */
import { z } from 'zod';
import { notFound, providerUnavailable } from '../../kernel/errors.ts';
import { countryInput, dateRangeQuery, pagingQuery } from '../../kernel/http/index.ts';
import {
  paymentClosed,
  paymentDeclined,
  paymentMethodUnavailable,
  paymentNotValid,
  paymentProcessing,
  returnUrlNotAllowed,
  tooManyPaymentAttempts,
} from '../payments/index.ts';
import {
  orderAlreadyPaid,
  orderClosed,
  orderExpiring,
  orderPaidOnDelivery,
  payerAppRequired,
  payerUnknown,
} from './errors.ts';
import { orderStatuses } from './order-states.ts';

export const orderParams = z.object({ id: z.string().min(1).max(64) });

export const listQuery = z.strictObject({
  ...pagingQuery,
  sort: z.enum(['placedAt', '-placedAt']).default('-placedAt'),
  status: z.enum(orderStatuses).optional(),
  ...dateRangeQuery,
  customer: z.string().min(1).max(64).optional(),
});

/** How somebody pays an order. */
export const payFields = {
  method: z.string().min(1).max(32),
  appId: z.string().min(1).max(64).optional(),
  /** Where the payer's browser shall come back to: a path of this shop, or a page of an origin in CORS_ORIGIN. */
  returnUrl: z.string().min(1).max(1_000).optional(),
  /** Whatever tells devices apart; only a keyed hash is kept. */
  deviceFingerprint: z.string().min(1).max(512).optional(),
  billingCountry: countryInput.optional(),
};

/** What paying an order throws. */
export const payErrors = [
  notFound,
  orderClosed,
  orderExpiring,
  orderAlreadyPaid,
  orderPaidOnDelivery,
  paymentMethodUnavailable,
  paymentNotValid,
  paymentDeclined,
  paymentClosed,
  paymentProcessing,
  returnUrlNotAllowed,
  tooManyPaymentAttempts,
  payerAppRequired,
  payerUnknown,
  providerUnavailable,
];
