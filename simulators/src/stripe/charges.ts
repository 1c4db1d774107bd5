import { randomDigits } from '../random.ts';
import { feeOf, moveBalance } from './balance.ts';
import type { TestCard } from './cards.ts';
import type { StripeContext } from './context.ts';
import type { StripeObject } from './objects.ts';
import { CARD_SHAPE, CHARGE_SHAPE } from './shapes.ts';

const HOLD_SECONDS = 7 * 86_400;

/** How the payer pays: with a card, or by a debit of a bank account, which takes its time. */
export type Instrument = TestCard | 'bank_debit';

function detailsOf(instrument: Instrument, amount: number, captureBefore: number | undefined) {
  if (instrument === 'bank_debit') {
    return { type: 'sepa_debit', sepa_debit: { bank_code: '37040044', country: 'DE', last4: '3000' } };
  }
  const { brand, last4, funding } = instrument;
  return {
    card: {
      ...CARD_SHAPE,
      ...{ brand, last4, funding, network: brand },
      amount_authorized: amount,
      authorization_code: instrument.decline === undefined ? randomDigits(6) : null,
      overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
      ...(captureBefore !== undefined && { capture_before: captureBefore }),
    },
    type: 'card',
  };
}

function outcomeOf(decline: string | undefined) {
  const isDeclined = decline !== undefined;
  return {
    advice_code: isDeclined ? 'try_again_later' : null,
    network_advice_code: isDeclined ? '02' : null,
    network_decline_code: isDeclined ? '05' : null,
    network_status: isDeclined ? 'declined_by_network' : 'approved_by_network',
    reason: decline ?? null,
    risk_level: 'normal',
    seller_message: isDeclined
      ? 'The bank did not return any further details with this decline.'
      : 'Payment complete.',
    type: isDeclined ? 'issuer_declined' : 'authorized',
  };
}

/** One try at the money of an intent, written down whatever came of it. */
export function insertCharge(
  context: StripeContext,
  intent: StripeObject,
  instrument: Instrument,
  become: 'captured' | 'held' | 'pending' | 'failed',
): StripeObject {
  const { objects } = context;
  const amount = intent.amount as number;
  const created = objects.nowSeconds();
  const decline = instrument === 'bank_debit' ? undefined : instrument.decline;
  const charge: StripeObject = {
    ...CHARGE_SHAPE,
    id: objects.newId('charge'),
    amount,
    created,
    currency: intent.currency,
    description: intent.description,
    // As Stripe does: what the intent carries at this moment.
    metadata: intent.metadata,
    outcome: outcomeOf(become === 'failed' ? (decline ?? 'debit_not_authorized') : undefined),
    paid: become !== 'failed' && become !== 'pending',
    payment_intent: intent.id,
    payment_method: `pm_1${intent.id.slice(3)}`,
    payment_method_details: detailsOf(
      instrument,
      amount,
      become === 'held' ? created + HOLD_SECONDS : undefined,
    ),
    status: { captured: 'succeeded', held: 'succeeded', pending: 'pending', failed: 'failed' }[become],
    ...(become === 'failed' && {
      failure_code: 'card_declined',
      failure_message: 'Your card was declined.',
    }),
  };
  objects.insert(charge, intent.id);
  return become === 'captured' ? captureCharge(context, charge, amount) : charge;
}

/** Takes the money of a charge that is held, or has just been agreed to. */
export function captureCharge(context: StripeContext, charge: StripeObject, amount: number): StripeObject {
  const line = moveBalance(context, {
    type: 'charge',
    category: 'charge',
    amount,
    fee: feeOf(amount),
    currency: charge.currency as string,
    source: charge.id,
    description: (charge.description as string | null) ?? '',
  });
  const captured: StripeObject = {
    ...charge,
    amount_captured: amount,
    balance_transaction: line.id,
    captured: true,
    paid: true,
    status: 'succeeded',
  };
  context.objects.update(captured);
  return captured;
}
