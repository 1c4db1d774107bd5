import { defineEvent } from '../../kernel/events/index.ts';
import type { TopupRow } from './tables.ts';

/** What is told of a top-up. The number is not: whoever may see it reads the top-up. */
export interface TopupEvent {
  readonly topupId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly operator: string;
  readonly type: string;
  readonly name: string;
  readonly amount: number;
  readonly currency: string;
}

export const topupDelivered = defineEvent<TopupEvent>({ name: 'topup.delivered', version: 1 });
export const topupFailed = defineEvent<TopupEvent>({ name: 'topup.failed', version: 1 });
/** Nobody knows whether it was delivered. */
export const topupUndecided = defineEvent<TopupEvent>({ name: 'topup.undecided', version: 1 });

/** A day is over; what it has brought stands in its summary. */
export const topupDaySummarised = defineEvent<{ readonly day: string }>({
  name: 'topup.day_summarised',
  version: 1,
});

export function toTopupEvent(topup: TopupRow): TopupEvent {
  return {
    topupId: topup.id,
    orderId: topup.order_id,
    customerId: topup.customer_id,
    operator: topup.operator,
    type: topup.type,
    name: topup.english_name ?? topup.name,
    amount: topup.amount,
    currency: topup.currency,
  };
}
