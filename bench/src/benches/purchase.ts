/** Whole purchases without a provider: an order of two lines with its address, then its payment on delivery. */
import type { Bench, BenchOptions } from '../bench.ts';
import type { PreparedRequest } from '../load/request.ts';
import { makeOrder } from '../orders-by-http.ts';
import { measurePurchases } from '../purchases.ts';
import type { BenchResult } from '../result.ts';
import { type Stage, setStage } from '../stage.ts';

function makePurchase(stage: Stage, index: number): PreparedRequest {
  const order = makeOrder(stage, index);
  const body = JSON.stringify({ method: 'cash_on_delivery' });
  return { ...order, next: { ...order, path: '/orders/:id/payments', body } };
}

/** Orders that are confirmed, to be paid at the door. */
async function countConfirmed({ kernel }: Stage): Promise<number> {
  const { confirmed } = await kernel.db.query
    .selectFrom('orders')
    .select((eb) => eb.fn.countAll<number>().as('confirmed'))
    .where('status', '=', 'confirmed')
    .executeTakeFirstOrThrow();
  return Number(confirmed);
}

async function run(options: BenchOptions): Promise<BenchResult[]> {
  const environment = { CASH_ON_DELIVERY: 'on', CASH_ON_DELIVERY_MAX_AMOUNT: '100000000' };
  const shop = { products: 500, customers: 64, onHand: 10_000_000, environment };
  const stage = await setStage({ engine: options.engine, ...shop });
  try {
    const purchases = {
      ...{ name: 'purchase', atMostPerSecond: 2_000, warmUp: 1_000, done: [200, 201] },
      make: (index: number) => makePurchase(stage, index),
      async verify(bought: number) {
        const confirmed = await countConfirmed(stage);
        return { wrong: Math.abs(confirmed - bought), facts: { confirmed } };
      },
    };
    return [await measurePurchases(stage, purchases, options)];
  } finally {
    await stage.close();
  }
}

export const purchase: Bench = {
  name: 'purchase',
  summary: 'whole purchases of two lines: order, address, payment on delivery',
  engines: ['sqlite', 'postgres'],
  run,
};
