import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import type { PaypalControl } from './control.ts';
import { paypalSettingsSchema } from './paypal-settings.ts';

const nothing = z.strictObject({});
const units = z.number().int().positive();

/** PayPal's part of the control API. */
export function paypalRoutes(control: PaypalControl): ControlRoute[] {
  return [...merchantRoutes(control), ...orderRoutes(control), ...disputeRoutes(control)];
}

function merchantRoutes(control: PaypalControl): ControlRoute[] {
  return [
    route('GET', '/paypal/merchant', 'What PayPal would give the merchant', nothing, () =>
      control.merchant(),
    ),
    route('GET', '/paypal/settings', 'Webhook address, tokens, settlement', nothing, () =>
      control.settings(),
    ),
    route('PATCH', '/paypal/settings', 'Change them', paypalSettingsSchema.partial(), (patch) =>
      control.changeSettings(patch),
    ),
    route('POST', '/paypal/certificates/rotate', 'Sign with a new certificate', nothing, () =>
      control.rotateCertificate(),
    ),
    route('POST', '/paypal/tokens/revoke', 'End all tokens', nothing, () => control.revokeTokens()),
  ];
}

function orderRoutes(control: PaypalControl): ControlRoute[] {
  return [
    route(
      'GET',
      '/paypal/orders',
      'Orders, newest first',
      z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).optional() }),
      (input) => control.listOrders(input.limit),
    ),
    route(
      'GET',
      '/paypal/orders/:number',
      'One, by its number or that of anything in it',
      nothing,
      (_input, params) => control.findOrder(params.number ?? ''),
    ),
    route(
      'POST',
      '/paypal/approve',
      'Agree as a buyer, now or later',
      z.strictObject({
        orderId: z.string(),
        payerId: z.string().optional(),
        afterMs: z.number().int().min(0).optional(),
      }),
      (input) => control.approve(input),
    ),
    route('POST', '/paypal/authorizations/:id/expire', 'A hold ends', nothing, (_input, params) =>
      control.expireAuthorization(params.id ?? ''),
    ),
    route(
      'POST',
      '/paypal/captures/:id/settle',
      'End a capture that is PENDING',
      z.strictObject({ outcome: z.enum(['COMPLETED', 'DECLINED', 'FAILED']).optional() }),
      (input, params) => control.settleCapture(params.id ?? '', input.outcome),
    ),
    route(
      'POST',
      '/paypal/refunds/:id/settle',
      'End a refund that is PENDING',
      z.strictObject({ outcome: z.enum(['COMPLETED', 'FAILED', 'CANCELLED']).optional() }),
      (input, params) => control.settleRefund(params.id ?? '', input.outcome),
    ),
    route(
      'POST',
      '/paypal/page-refunds',
      "A refund made on PayPal's own pages",
      z.strictObject({ captureId: z.string(), units }),
      (input) => control.refundOnPages(input),
    ),
  ];
}

function disputeRoutes(control: PaypalControl): ControlRoute[] {
  return [
    route('GET', '/paypal/disputes', 'Disputes, oldest first', nothing, () => control.listDisputes()),
    route(
      'POST',
      '/paypal/disputes',
      'The buyer complains',
      z.strictObject({ captureId: z.string(), units: units.optional(), reason: z.string().optional() }),
      (input) => control.openDispute(input),
    ),
    route(
      'POST',
      '/paypal/disputes/:id/move',
      'PayPal moves it on',
      z.strictObject({
        status: z.enum([
          'OPEN',
          'WAITING_FOR_BUYER_RESPONSE',
          'WAITING_FOR_SELLER_RESPONSE',
          'UNDER_REVIEW',
          'RESOLVED',
          'OTHER',
        ]),
        outcome: z
          .enum([
            'RESOLVED_BUYER_FAVOUR',
            'RESOLVED_SELLER_FAVOUR',
            'RESOLVED_WITH_PAYOUT',
            'CANCELED_BY_BUYER',
            'ACCEPTED',
            'DENIED',
            'NONE',
          ])
          .optional(),
      }),
      (input, params) => control.moveDispute(params.id ?? '', input),
    ),
  ];
}
