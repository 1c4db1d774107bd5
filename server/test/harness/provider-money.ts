import type { Simulators } from '../../../simulators/src/index.ts';
import type { Db } from '../../src/kernel/db/index.ts';

interface Trade {
  readonly outTradeNo: string;
  readonly paidAt: number | null;
  readonly total: number;
}

interface Refund {
  readonly outTradeNo: string;
  readonly status: string;
  readonly refund: number;
}

/** What the provider says it has taken and returned. */
export interface ProviderBooks {
  readonly trades: readonly Trade[];
  readonly refunds: readonly Refund[];
}

/** Stripe's books: the intents of ours that were paid, and the refunds that moved money. */
export function stripeBooks({ list }: Simulators['stripe']): ProviderBooks {
  const intents = list('payment_intent').map(({ id, metadata, amount_received: taken, created }) => ({
    id,
    outTradeNo: (metadata as Record<string, string>).payment_id ?? id,
    paidAt: taken === 0 ? null : created,
    total: taken as number,
  }));
  const numberOf = new Map(intents.map(({ id, outTradeNo }) => [id, outTradeNo]));
  const refunds = list('refund').map((refund) => ({
    outTradeNo: numberOf.get(String(refund.payment_intent)) ?? '',
    status: refund.status === 'succeeded' && refund.balance_transaction !== null ? 'SUCCESS' : 'OTHER',
    refund: refund.amount as number,
  }));
  return { trades: intents, refunds };
}

/** PayPal's books: what was captured of the orders of ours, and the refunds of it. */
export function paypalBooks({ listOrders }: Simulators['paypal']): ProviderBooks {
  const orders = listOrders(1_000_000);
  const isTaken = ({ status }: { readonly status: string }) =>
    !['PENDING', 'DECLINED', 'FAILED'].includes(status);
  return {
    trades: orders.map(({ customId, captures }) => {
      const taken = captures.filter(isTaken);
      const total = taken.reduce((sum, { units }) => sum + units, 0);
      return { outTradeNo: customId, paidAt: taken[0]?.createdAt ?? null, total };
    }),
    refunds: orders.flatMap(({ customId, refunds }) =>
      refunds.map(({ status, units }) => ({
        outTradeNo: customId,
        status: status === 'COMPLETED' ? 'SUCCESS' : status,
        refund: units,
      })),
    ),
  };
}

function sumOf(rows: readonly { readonly amount: number }[]): number {
  return rows.reduce((total, { amount }) => total + amount, 0);
}

/** I6 from the other side: each trade's money at the provider is the money of its payment here. Answers what differs. */
export async function compareWithProvider(db: Db, { trades, refunds }: ProviderBooks): Promise<string[]> {
  // A capture that the provider declined has moved nothing.
  const captures = await db.query
    .selectFrom('captures')
    .select(['payment_id', 'amount'])
    .where('status', '=', 'succeeded')
    .execute();
  const returned = await db.query
    .selectFrom('refunds')
    .select(['payment_id', 'amount'])
    .where('status', '=', 'succeeded')
    // What a person has paid, or the customer has as store credit, is nothing that the provider has returned.
    .where('paid_from', 'is', null)
    .execute();
  const capturedOf = Map.groupBy(captures, ({ payment_id: id }) => id);
  const returnedOf = Map.groupBy(returned, ({ payment_id: id }) => id);
  return trades.flatMap(({ outTradeNo, paidAt, total }) => {
    const back = refunds
      .filter((refund) => refund.outTradeNo === outTradeNo && refund.status === 'SUCCESS')
      .reduce((sum, { refund }) => sum + refund, 0);
    const there = (paidAt === null ? 0 : total) - back;
    const here = sumOf(capturedOf.get(outTradeNo) ?? []) - sumOf(returnedOf.get(outTradeNo) ?? []);
    return here === there ? [] : [`${outTradeNo}: the provider holds ${there}, we say ${here}`];
  });
}
