/** What must be true of a purchase at its end, here and at the operator. */
import type { Ground } from './ground.ts';
import type { Sale } from './sale.ts';

export interface Verdict {
  /** How it ended, such as `fulfilled/paid`. */
  readonly end: string;
  /** Requests that the operator has received for it. */
  readonly sends: number;
  readonly wrong: readonly string[];
}

/** Ends that need nobody any more. */
const ENDS = [
  'cancelled/cancelled/unpaid',
  'completed/fulfilled/paid',
  'cancelled/cancelled/refunded',
  'closed/unfulfilled/unpaid',
  'cancelled/unfulfilled/unpaid',
];

export async function judge(ground: Pick<Ground, 'db' | 'simulators'>, sale: Sale): Promise<Verdict> {
  const { db, simulators } = ground;
  const { topupId, orderId, msisdn, trouble } = sale;
  const received = simulators.unitel.listSends({ msisdn });
  if (topupId === undefined || orderId === undefined) {
    return {
      end: 'never ordered',
      sends: received.length,
      wrong: received.length > 0 ? [`${msisdn} was sent and never ordered`] : [],
    };
  }
  const order = await db.query
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
  const end = `${order.status}/${order.fulfilment_status}/${order.payment_status}`;
  const name = `${topupId} (${trouble?.kind ?? 'no trouble'})`;
  const wrong: string[] = [];
  if (received.length > 1) {
    wrong.push(`${name} was sent ${received.length} times`);
  }
  if (received.some(({ journalId }) => journalId !== topupId)) {
    wrong.push(`${name} was sent under another number`);
  }
  if (!ENDS.includes(end)) {
    wrong.push(`${name} ended as ${end}`);
  }
  const isDelivered = received.some(({ outcome }) => outcome === 'delivered');
  const isFulfilled = order.fulfilment_status === 'fulfilled';
  if (isDelivered !== isFulfilled && trouble?.isLie !== true) {
    wrong.push(`${name} ended as ${end}, but ${isDelivered ? 'was' : 'was not'} delivered`);
  }
  return { end, sends: received.length, wrong };
}
