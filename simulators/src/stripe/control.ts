import { controlError } from '../control-error.ts';
import type { AccountMaterial, StripeSettings } from './account.ts';
import { findCard } from './cards.ts';
import type { Instrument } from './charges.ts';
import type { StripeContext } from './context.ts';
import { closeDispute, openDispute, reviewDispute } from './disputes.ts';
import { StripeError } from './errors.ts';
import { captureIntent, confirmIntent, failAction, settleDebit } from './intents.ts';
import type { ObjectType, StripeObject } from './objects.ts';
import { payOnSession } from './pay.ts';
import { createRefund, failRefund, succeedRefund } from './refunds.ts';

/** What is to be paid: by its name at Stripe, by a client secret, or by the merchant's number. */
export interface PaymentReference {
  reference?: string | undefined;
  clientSecret?: string | undefined;
  paymentId?: string | undefined;
}

export interface PayInput extends PaymentReference {
  /** A test number, the name of a test payment method, or `bank_debit`; 4242… without it. */
  card?: string | undefined;
  /** The payer passes what their bank asks for at once. */
  acts?: boolean | undefined;
}

export interface PayResult {
  result: 'paid' | 'held' | 'requires_action' | 'processing' | 'refused';
  /** Why not: `not_open`, or the bank's decline code. */
  reason?: string;
  intent: StripeObject | null;
  session: StripeObject | null;
  /** Where the payer's browser goes next. */
  returnUrl: string | null;
}

/** The verbs of the control API, as functions. */
export interface StripeControl {
  merchant(): AccountMaterial & StripeSettings & { apiBaseUrl: string };
  changeSettings(patch: Partial<StripeSettings>): StripeSettings;
  rollWebhookSecret(): AccountMaterial;
  pay(input: PayInput): PayResult;
  /** Ends what the payer's bank asks for. */
  act(input: PaymentReference & { passes: boolean }): PayResult;
  settleDebit(input: PaymentReference & { isPaid: boolean }): StripeObject;
  find(input: PaymentReference): { intent: StripeObject | null; session: StripeObject | null };
  list(type: ObjectType, parent?: string): StripeObject[];
  /** As the merchant would in the dashboard. */
  refundInDashboard(input: { paymentId: string; amount?: number | undefined }): StripeObject;
  captureInDashboard(input: { paymentId: string; amount?: number | undefined }): StripeObject;
  settleRefund(id: string, outcome: 'succeeded' | 'failed'): StripeObject;
  dispute(input: {
    paymentId: string;
    amount?: number | undefined;
    reason?: string | undefined;
    isInquiry?: boolean | undefined;
  }): StripeObject;
  reviewDispute(id: string): StripeObject;
  closeDispute(id: string, outcome: 'won' | 'lost' | 'warning_closed'): StripeObject;
}

const RESULTS: Readonly<Record<string, PayResult['result']>> = {
  succeeded: 'paid',
  requires_capture: 'held',
  requires_action: 'requires_action',
  processing: 'processing',
};

export function createStripeControl(context: StripeContext, apiBaseUrl: () => string): StripeControl {
  const { objects, account, store } = context;
  const isOf = (paymentId: string) => (object: StripeObject) =>
    (object.metadata as Record<string, string>).payment_id === paymentId;

  function find({ reference, clientSecret, paymentId }: PaymentReference) {
    const named = clientSecret?.split('_secret_')[0] ?? reference;
    const object =
      named === undefined
        ? [...objects.all('checkout.session'), ...objects.all('payment_intent')].find(isOf(paymentId ?? ''))
        : objects.find(named);
    const session = object?.object === 'checkout.session' ? object : null;
    const intentId = session === null ? object?.id : session.payment_intent;
    const intent = typeof intentId === 'string' ? (objects.find(intentId) ?? null) : null;
    if (session === null && (intent === null || intent.object !== 'payment_intent')) {
      throw controlError(
        404,
        'payment_not_found',
        'There is no such payment; see /control/stripe/payment_intents.',
      );
    }
    return { intent, session };
  }

  function show(input: PaymentReference, reason?: string): PayResult {
    const { intent, session } = find(input);
    const returnUrl = typeof session?.success_url === 'string' ? session.success_url : null;
    const result = (reason === undefined && RESULTS[String(intent?.status)]) || 'refused';
    return { result, ...(reason !== undefined && { reason }), intent, session, returnUrl };
  }

  /** A refusal is an answer here; a declined card leaves its charge behind all the same. */
  function attempt(input: PaymentReference, work: () => unknown): PayResult {
    const reason = store.transaction(() => {
      try {
        work();
        return undefined;
      } catch (error) {
        if (error instanceof StripeError) {
          return error.body.decline_code ?? 'not_open';
        }
        throw error;
      }
    });
    return show(input, reason);
  }

  function toInstrument(name: string): Instrument {
    const card = name === 'bank_debit' ? name : findCard(name);
    if (card === undefined) {
      throw controlError(422, 'unknown_card', `No test card "${name}".`);
    }
    return card;
  }

  function chargeOf(paymentId: string): StripeObject {
    const charge = objects.all('charge').find((one) => isOf(paymentId)(one) && one.status === 'succeeded');
    if (charge === undefined) {
      throw controlError(404, 'charge_not_found', `Nothing was paid for "${paymentId}".`);
    }
    return charge;
  }

  return {
    merchant: () => ({ ...account.material(), ...account.settings(), apiBaseUrl: apiBaseUrl() }),
    changeSettings: account.changeSettings,
    rollWebhookSecret: account.rollWebhookSecret,
    pay({ card = '4242424242424242', acts = false, ...input }) {
      const instrument = toInstrument(card);
      const { intent, session } = find(input);
      return attempt(input, () =>
        session === null
          ? confirmIntent(context, intent as StripeObject, instrument, acts)
          : payOnSession(context, session, instrument, acts),
      );
    },
    act({ passes, ...input }) {
      const { intent } = find(input);
      return attempt(input, () => {
        if (intent === null) {
          throw controlError(409, 'nothing_asked', 'The payer is not asked for anything.');
        }
        return passes
          ? confirmIntent(context, intent, toInstrument('4000002760003184'), true)
          : failAction(context, intent);
      });
    },
    settleDebit({ isPaid, ...input }) {
      const { intent } = find(input);
      return store.transaction(() => settleDebit(context, intent?.id ?? '', isPaid));
    },
    find,
    list: (type, parent) => objects.all(type, parent),
    refundInDashboard: ({ paymentId, amount }) =>
      store.transaction(() =>
        createRefund(context, chargeOf(paymentId), { amount, reason: 'requested_by_customer', metadata: {} }),
      ),
    captureInDashboard: ({ paymentId, amount }) =>
      store.transaction(() => {
        const { intent } = find({ paymentId });
        if (intent === null) {
          throw controlError(409, 'nothing_held', 'There is nothing to capture.');
        }
        return captureIntent(context, intent, amount);
      }),
    settleRefund: (id, outcome) =>
      store.transaction(() => (outcome === 'failed' ? failRefund(context, id) : succeedRefund(context, id))),
    dispute: ({ paymentId, amount, reason = 'fraudulent', isInquiry = false }) =>
      store.transaction(() =>
        openDispute(context, { charge: chargeOf(paymentId), amount, reason, isInquiry }),
      ),
    reviewDispute: (id) => store.transaction(() => reviewDispute(context, objects.need('dispute', id))),
    closeDispute: (id, outcome) =>
      store.transaction(() => closeDispute(context, objects.need('dispute', id), outcome)),
  };
}
