import { TRANSPORT_FAULTS, type WireRequest, type WireRoute } from '../wire.ts';
import { BILL_FAULTS, disturbPage } from './bill-faults.ts';
import { findCard, TEST_CARDS } from './cards.ts';
import type { StripeContext } from './context.ts';
import { DISTORTIONS } from './distort.ts';
import { invalidRequest, unexpectedState } from './errors.ts';
import { subjectOf } from './events.ts';
import { type Form, integerOf, metadataOf, needText, textOf } from './form.ts';
import {
  cancelIntent,
  captureIntent,
  confirmIntent,
  createIntent,
  playLatePayer,
  takeCloseFault,
} from './intents.ts';
import type { ObjectType, StripeObject } from './objects.ts';
import { payOnSession } from './pay.ts';
import { readListQuery, readNewIntent, readNewSession } from './read-input.ts';
import { createRefund, REFUND_FAULTS } from './refunds.ts';
import { createSession, expireSession, sessionOf } from './sessions.ts';
import { NOTIFY_FAULTS } from './webhooks.ts';

export interface Operation extends WireRoute {
  run(context: StripeContext, form: Form, request: WireRequest): Record<string, unknown>;
}

const WIRE = TRANSPORT_FAULTS.filter((kind) => kind !== 'wrong_signature' && kind !== 'unknown_serial');
/** Of a POST with a key: another request holds it, or the first one under it ended with a 500 that is repeated. */
const KEYED = [...WIRE, 'key_in_use', 'stored_error'];
const CLOSE = [...KEYED, 'paid_during_close', 'paid_after_close'];

export const STRIPE_FAULTS = {
  create_intent: KEYED,
  get_intent: [...WIRE, ...DISTORTIONS],
  list_intents: WIRE,
  confirm_intent: KEYED,
  capture_intent: KEYED,
  cancel_intent: CLOSE,
  create_session: KEYED,
  get_session: [...WIRE, ...DISTORTIONS],
  list_sessions: WIRE,
  expire_session: CLOSE,
  get_charge: WIRE,
  list_charges: WIRE,
  refund: [...KEYED, ...REFUND_FAULTS],
  get_refund: WIRE,
  list_refunds: WIRE,
  get_dispute: WIRE,
  list_disputes: WIRE,
  list_balance_transactions: [...WIRE, ...BILL_FAULTS],
  list_events: WIRE,
  notify: NOTIFY_FAULTS,
} as const;

const BUYER = TEST_CARDS['4242424242424242'] ?? { brand: 'visa', last4: '4242', funding: 'credit' };

function idOf(request: WireRequest): string {
  return request.params.id ?? '';
}

function listed(url: string, { data, hasMore }: { data: StripeObject[]; hasMore: boolean }) {
  return { object: 'list', data, has_more: hasMore, url };
}

function findCharge(context: StripeContext, form: Form): StripeObject {
  const intentId = textOf(form, 'payment_intent');
  if (intentId !== undefined) {
    const intent = context.objects.need('payment_intent', intentId);
    return context.objects.need('charge', String(intent.latest_charge));
  }
  return context.objects.need('charge', needText(form, 'charge'));
}

/** What a fault plan makes of a cancel: `undefined` where nothing is planned. */
function closeIntent(context: StripeContext, form: Form, request: WireRequest): StripeObject {
  const intent = context.objects.need('payment_intent', idOf(request));
  const page = sessionOf(context, intent);
  if (page?.status === 'open') {
    throw invalidRequest(
      'You cannot cancel this PaymentIntent because it was created by a Checkout Session; expire the session instead.',
    );
  }
  const fault = page ? undefined : takeCloseFault(context, 'cancel_intent', subjectOf(context, intent));
  if (fault?.kind === 'paid_during_close') {
    throw unexpectedState(confirmIntent(context, intent, BUYER, true), 'canceled');
  }
  const canceled = cancelIntent(context, intent, textOf(form, 'cancellation_reason') ?? null);
  if (fault?.kind === 'paid_after_close') {
    playLatePayer(context, intent.id, fault);
  }
  return canceled;
}

/** The page ends, and the intent under it with it. */
function closeSession(context: StripeContext, _form: Form, request: WireRequest): StripeObject {
  const session = context.objects.need('checkout.session', idOf(request));
  const fault = takeCloseFault(context, 'expire_session', subjectOf(context, session));
  if (fault?.kind === 'paid_during_close') {
    payOnSession(context, session, BUYER);
    return expireSession(context, context.objects.need('checkout.session', session.id));
  }
  const expired = expireSession(context, session);
  const intent =
    typeof session.payment_intent === 'string' ? context.objects.find(session.payment_intent) : undefined;
  if (intent !== undefined && intent.status !== 'canceled') {
    cancelIntent(context, intent, 'abandoned');
  }
  if (fault?.kind === 'paid_after_close') {
    playLatePayer(context, session.id, fault);
  }
  return expired;
}

function confirm(context: StripeContext, form: Form, request: WireRequest): StripeObject {
  const card = findCard(needText(form, 'payment_method'));
  if (card === undefined) {
    throw invalidRequest(
      `No such PaymentMethod: '${needText(form, 'payment_method')}'`,
      'payment_method',
      'resource_missing',
    );
  }
  return confirmIntent(context, context.objects.need('payment_intent', idOf(request)), card);
}

function capture(context: StripeContext, form: Form, request: WireRequest): StripeObject {
  const intent = context.objects.need('payment_intent', idOf(request));
  const metadata = { ...(intent.metadata as Record<string, string>), ...metadataOf(form) };
  return captureIntent(context, { ...intent, metadata }, integerOf(form, 'amount_to_capture', 1));
}

function makeRefund(context: StripeContext, form: Form): StripeObject {
  return createRefund(context, findCharge(context, form), {
    amount: integerOf(form, 'amount', 1),
    reason: textOf(form, 'reason') ?? null,
    metadata: metadataOf(form),
  });
}

/** Reading one and listing many are the same for every kind of object. */
function reading(context: StripeContext, type: ObjectType, noun: string, url: string): Operation[] {
  return [
    {
      ...{ operation: `get_${noun}`, method: 'GET', url: `${url}/:id` },
      subject: (request) => subjectOfId(context, request),
      run: ({ objects }, _form, request) => objects.need(type, idOf(request)),
    },
    {
      ...{ operation: `list_${noun}s`, method: 'GET', url },
      subject: () => ({}),
      run({ objects }, form) {
        const parent = textOf(form, 'charge') ?? textOf(form, 'payment_intent');
        return listed(url, objects.list(type, { ...readListQuery(form), parent }));
      },
    },
  ];
}

function subjectOfId(context: StripeContext, request: WireRequest): Record<string, string | undefined> {
  const object = context.objects.find(idOf(request));
  return { reference: idOf(request), paymentId: object && subjectOf(context, object) };
}

export function createOperations(context: StripeContext): Operation[] {
  const ofForm = (request: WireRequest) => {
    const form = new URLSearchParams(request.body);
    return {
      paymentId: form.get('metadata[payment_id]') ?? undefined,
      refundId: form.get('metadata[refund_id]') ?? undefined,
    };
  };
  const ofId = (request: WireRequest) => subjectOfId(context, request);
  const post = (
    operation: string,
    url: string,
    subject: Operation['subject'],
    run: Operation['run'],
  ): Operation => ({
    ...{ operation, method: 'POST', url, subject, run },
  });
  return [
    ...reading(context, 'payment_intent', 'intent', '/v1/payment_intents'),
    ...reading(context, 'checkout.session', 'session', '/v1/checkout/sessions'),
    ...reading(context, 'charge', 'charge', '/v1/charges'),
    ...reading(context, 'refund', 'refund', '/v1/refunds'),
    ...reading(context, 'dispute', 'dispute', '/v1/disputes'),
    ...reading(context, 'event', 'event', '/v1/events'),
    post('create_intent', '/v1/payment_intents', ofForm, (_context, form) =>
      createIntent(context, readNewIntent(form)),
    ),
    post('confirm_intent', '/v1/payment_intents/:id/confirm', ofId, confirm),
    post('capture_intent', '/v1/payment_intents/:id/capture', ofId, capture),
    post('cancel_intent', '/v1/payment_intents/:id/cancel', ofId, closeIntent),
    post('create_session', '/v1/checkout/sessions', ofForm, (_context, form) =>
      createSession(context, readNewSession(form)),
    ),
    post('expire_session', '/v1/checkout/sessions/:id/expire', ofId, closeSession),
    post('refund', '/v1/refunds', ofForm, makeRefund),
    {
      ...{ operation: 'list_balance_transactions', method: 'GET', url: '/v1/balance_transactions' },
      subject: () => ({}),
      run({ objects }, form) {
        const page = objects.list('balance_transaction', readListQuery(form));
        return listed('/v1/balance_transactions', { ...page, data: disturbPage(context, page.data) });
      },
    },
  ];
}
