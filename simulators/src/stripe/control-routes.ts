import { z } from 'zod';
import { type ControlRoute, route } from '../control/route.ts';
import { controlError } from '../control-error.ts';
import { stripeSettingsSchema } from './account.ts';
import type { StripeControl } from './control.ts';
import { StripeError } from './errors.ts';

const nothing = z.strictObject({});
const reference = {
  reference: z.string().optional(),
  clientSecret: z.string().optional(),
  paymentId: z.string().optional(),
};
const ofPayment = { paymentId: z.string(), amount: z.number().int().positive().optional() };
const LISTS = {
  payment_intents: 'payment_intent',
  sessions: 'checkout.session',
  charges: 'charge',
  refunds: 'refund',
  disputes: 'dispute',
  balance_transactions: 'balance_transaction',
  events: 'event',
} as const;

/** Stripe's refusals, as the control API words its own. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StripeError) {
      throw controlError(error.status === 404 ? 404 : 409, error.body.code ?? error.body.type, error.message);
    }
    throw error;
  }
}

function withoutUndefined<T extends object>(patch: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}

/** Stripe's part of the control API. */
export function stripeRoutes(control: StripeControl): ControlRoute[] {
  return [...accountRoutes(control), ...payerRoutes(control), ...dashboardRoutes(control)];
}

function accountRoutes(control: StripeControl): ControlRoute[] {
  return [
    route('GET', '/stripe/merchant', 'What Stripe would give the merchant', nothing, () =>
      control.merchant(),
    ),
    route('PATCH', '/stripe/settings', 'Webhook address, waits', stripeSettingsSchema.partial(), (patch) =>
      control.changeSettings(withoutUndefined(patch)),
    ),
    route(
      'POST',
      '/stripe/webhook-secret/roll',
      'Sign under two secrets; once more: only the new one',
      nothing,
      () => control.rollWebhookSecret(),
    ),
    ...Object.entries(LISTS).map(([name, type]) =>
      route('GET', `/stripe/${name}`, `All of them, newest first`, nothing, () => control.list(type)),
    ),
  ];
}

function payerRoutes(control: StripeControl): ControlRoute[] {
  return [
    route('GET', '/stripe/find', 'What is to be paid', z.strictObject(reference), (input) =>
      control.find(input),
    ),
    route(
      'POST',
      '/stripe/pay',
      'Pay with a test card, or card: "bank_debit"',
      z.strictObject({ ...reference, card: z.string().optional(), acts: z.boolean().optional() }),
      (input) => told(() => control.pay(input)),
    ),
    route(
      'POST',
      '/stripe/act',
      'Pass or fail what the bank asks the payer for',
      z.strictObject({ ...reference, passes: z.boolean().default(true) }),
      (input) => told(() => control.act(input)),
    ),
    route(
      'POST',
      '/stripe/settle-debit',
      'The bank answers a debit',
      z.strictObject({ ...reference, isPaid: z.boolean().default(true) }),
      (input) => told(() => control.settleDebit(input)),
    ),
  ];
}

function dashboardRoutes(control: StripeControl): ControlRoute[] {
  return [
    route(
      'POST',
      '/stripe/dashboard-refunds',
      'A refund made in the dashboard',
      z.strictObject(ofPayment),
      (input) => told(() => control.refundInDashboard(input)),
    ),
    route(
      'POST',
      '/stripe/dashboard-captures',
      'A capture made in the dashboard',
      z.strictObject(ofPayment),
      (input) => told(() => control.captureInDashboard(input)),
    ),
    route(
      'POST',
      '/stripe/refunds/:id/settle',
      'End a refund, or let a succeeded one fail',
      z.strictObject({ outcome: z.enum(['succeeded', 'failed']).default('succeeded') }),
      (input, params) => told(() => control.settleRefund(params.id ?? '', input.outcome)),
    ),
    route(
      'POST',
      '/stripe/open-dispute',
      'The payer goes to their bank',
      z.strictObject({ ...ofPayment, reason: z.string().optional(), isInquiry: z.boolean().optional() }),
      (input) => told(() => control.dispute(input)),
    ),
    route(
      'POST',
      '/stripe/disputes/:id/review',
      'The bank looks at the evidence',
      nothing,
      (_input, params) => told(() => control.reviewDispute(params.id ?? '')),
    ),
    route(
      'POST',
      '/stripe/disputes/:id/close',
      'The bank decides',
      z.strictObject({ outcome: z.enum(['won', 'lost', 'warning_closed']) }),
      (input, params) => told(() => control.closeDispute(params.id ?? '', input.outcome)),
    ),
  ];
}
