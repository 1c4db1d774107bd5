/** Pure rules of top-ups: times and prices. */
import { MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { type Currency, decimalsOf, type Money, scaleAmount } from '../../kernel/money.ts';
import { DELIVERY_TIMEOUT_MS, type DeliveryRequest } from '../../operators/operator.ts';
import type { TopupRow } from './tables.ts';

/** What customers pay in. */
export const SALE_CURRENCY = 'CNY';

/** How long after its claim a request may still begin, by the clock that nobody sets (RULES 13). */
export const SEND_WITHIN_MS = 5 * SECOND_MS;

/** How long a paid top-up may wait for its first run before it is picked up. */
export const PICK_UP_AFTER_MS = MINUTE_MS;

/** So many units of one currency are so many of another: 440 tugrik are 1 yuan. */
export interface Rate {
  readonly fromUnits: number;
  readonly toUnits: number;
}

/** When whoever has claimed it has had its answer, or will never have one. */
export function answerDueAt({ send_until: sendUntil }: Pick<TopupRow, 'send_until'>): number {
  return (sendUntil ?? 0) + DELIVERY_TIMEOUT_MS;
}

/** Whether what is sold would cost over a fifth more or less: a slip of the pen looks like this, and a bank's day does not. */
export function isJump(before: Rate, after: Rate): boolean {
  const cheaper = before.toUnits * after.fromUnits;
  const dearer = after.toUnits * before.fromUnits;
  return 5 * dearer > 6 * cheaper || 5 * dearer < 4 * cheaper;
}

/** What a price of the operator costs in the customer's currency, rounded half up; `undefined` where that is nothing. */
export function convertPrice(
  price: Money,
  { fromUnits, toUnits }: Rate,
  currency: Currency,
): number | undefined {
  const amount = scaleAmount(
    price.amount,
    toUnits * 10 ** decimalsOf(currency),
    fromUnits * 10 ** decimalsOf(price.currency),
  );
  return amount > 0 ? amount : undefined;
}

/** What is sent. The reference is the top-up's own id, so that there is no second one. */
export function toDeliveryRequest(topup: TopupRow): DeliveryRequest {
  return {
    reference: topup.id,
    msisdn: topup.msisdn,
    type: topup.type,
    code: topup.code,
    amount: topup.price,
    description: topup.english_name ?? topup.name,
    vatRegisterNumber: topup.vat_register_number,
  };
}
