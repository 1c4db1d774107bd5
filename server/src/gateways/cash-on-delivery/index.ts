import type { CashOnDeliveryConfig } from '../../kernel/config/index.ts';
import { formatDecimal } from '../../kernel/money.ts';
import { createByHandGateway } from '../by-hand.ts';
import type { Gateway } from '../gateway.ts';

/** What couriers hold is one account. */
export const COURIER_ACCOUNT = 'courier';

/** Cash at the door, for goods alone: the order is confirmed before, and its money is what the courier has collected. */
export function createCashOnDeliveryGateway({ currency, maxAmount }: CashOnDeliveryConfig): Gateway {
  return createByHandGateway({
    provider: 'cash_on_delivery',
    merchantAccount: COURIER_ACCOUNT,
    method: {
      method: 'cash_on_delivery',
      currencies: [currency],
      kinds: ['goods'],
      needsOpenid: false,
      settlement: 'on_delivery',
      windowMs: null,
      amounts: { [currency]: { max: maxAmount } },
    },
    validate: () => undefined,
    open: ({ amount }) => ({ parameters: { amount: formatDecimal(amount), currency: amount.currency } }),
  });
}
