import type { StripeContext } from './context.ts';
import type { StripeObject } from './objects.ts';
import { BALANCE_TRANSACTION_SHAPE } from './shapes.ts';

const DAY_SECONDS = 86_400;
const FEE_BASIS_POINTS = 290;
const FIXED_FEE = 30;

/** What Stripe keeps of a payment: 2.9 % and 30 minor units. */
export function feeOf(amount: number): number {
  return Math.round((amount * FEE_BASIS_POINTS) / 10_000) + FIXED_FEE;
}

export interface Movement {
  type: 'charge' | 'payment' | 'refund' | 'refund_failure' | 'adjustment';
  category: string;
  /** Negative where it leaves the balance. */
  amount: number;
  fee: number;
  currency: string;
  source: string;
  description?: string;
}

/** Moves the account's balance; answers the line that stands for it in the bill. */
export function moveBalance({ objects }: StripeContext, movement: Movement): StripeObject {
  const created = objects.nowSeconds();
  const { amount, fee, currency } = movement;
  const line: StripeObject = {
    ...BALANCE_TRANSACTION_SHAPE,
    id: objects.newId('balance_transaction'),
    amount,
    available_on: created + 2 * DAY_SECONDS,
    created,
    currency,
    description: movement.description ?? null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: movement.category,
    source: movement.source,
    type: movement.type,
  };
  objects.insert(line, movement.source);
  return line;
}
