/**
 * Whole purchases through WeChat Pay: an order of two lines with its address, its prepay, the buyer's payment at the
 * simulator, the simulator's notification, until the buyer reads that the order is confirmed.
 */
import type { Bench, BenchOptions } from '../bench.ts';
import type { PreparedRequest } from '../load/request.ts';
import { makeOrder } from '../orders-by-http.ts';
import { measurePurchases } from '../purchases.ts';
import { toWechatSettings, type WechatMerchant } from '../rails.ts';
import type { BenchResult } from '../result.ts';
import { type SimulatorProcess, startSimulatorProcess } from '../simulator-process.ts';
import { type Stage, setStage, type WechatAccount } from '../stage.ts';

const CUSTOMERS = 64;

/** What a page hands to `wx.requestPayment`. */
const PARAMETERS = ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign'];
const PAY_BODY = JSON.stringify({
  clientParams: Object.fromEntries(PARAMETERS.map((name) => [name, `:parameters.${name}`])),
});

interface Payer {
  /** By the apps' ids. */
  readonly openids: Readonly<Record<string, string>>;
}

async function createAccounts(
  simulators: SimulatorProcess,
  { apps }: WechatMerchant,
): Promise<WechatAccount[]> {
  const appid = apps.find(({ kind }) => kind === 'mini_program')?.appid ?? '';
  const accounts: WechatAccount[] = [];
  for (let index = 0; index < CUSTOMERS; index += 1) {
    const { openids } = await simulators.ask<Payer>('payers', {});
    accounts.push({ appid, openid: openids[appid] ?? '' });
  }
  return accounts;
}

/**
 * The buyer hands what the shop gave to WeChat, which checks its signature, and then reads the order's history: reading the
 * order itself would make the shop ask the provider, and the notification would not be what is measured.
 */
function makePurchase(stage: Stage, simulators: SimulatorProcess, index: number): PreparedRequest {
  const order = makeOrder(stage, index);
  const body = JSON.stringify({ method: 'wechat_jsapi' });
  const seen: PreparedRequest = {
    ...{ method: 'GET', path: '/orders/:id/history', until: '"to":"confirmed"' },
    headers: { authorization: order.headers.authorization ?? '' },
  };
  const paid: PreparedRequest = {
    ...{ method: 'POST', path: '/control/wechat-pay/pay', origin: simulators.controlUrl },
    ...{ headers: { 'content-type': 'application/json' }, body: PAY_BODY, next: seen },
  };
  return { ...order, next: { ...order, path: '/orders/:id/payments', body, next: paid } };
}

/** Each of these is to be found once for every purchase. */
const ONCE = {
  orders: 'SELECT COUNT(*) FROM orders',
  paid: "SELECT COUNT(*) FROM orders WHERE status = 'confirmed' AND payment_status = 'paid'",
  confirmations: "SELECT COUNT(*) FROM state_history WHERE entity = 'order' AND to_state = 'confirmed'",
  notifications: "SELECT COUNT(*) FROM provider_events WHERE state = 'applied'",
  captures: 'SELECT COUNT(*) FROM captures',
  exactCaptures: `SELECT COUNT(*) FROM captures INNER JOIN orders ON orders.payment_id = captures.payment_id
    WHERE captures.status = 'succeeded' AND captures.amount = orders.total AND captures.surplus_amount = 0`,
};

/** Every purchase was confirmed once, by one notification and one capture of what its order costs. */
async function verify({ kernel: { db } }: Stage, bought: number) {
  const read = async (sql: string) => Number((await db.run(`SELECT (${sql}) AS found`, [])).rows[0]?.found);
  const facts: Record<string, number> = {};
  for (const [name, sql] of Object.entries(ONCE)) {
    facts[name] = await read(sql);
  }
  const wrong = Object.values(facts).reduce((sum, found) => sum + Math.abs(found - bought), 0);
  const owed = await read('SELECT SUM(total) FROM orders');
  const captured = await read('SELECT SUM(amount) FROM captures');
  return { wrong: wrong + (owed === captured ? 0 : 1), facts: { ...facts, owed, captured } };
}

async function run(options: BenchOptions): Promise<BenchResult[]> {
  const simulators = await startSimulatorProcess();
  try {
    const merchant = await simulators.ask<WechatMerchant>('wechat-pay/merchant');
    const stage = await setStage({
      ...{ engine: options.engine, products: 500, customers: CUSTOMERS, onHand: 10_000_000 },
      environment: toWechatSettings(merchant),
      wechatAccounts: await createAccounts(simulators, merchant),
    });
    try {
      const purchases = {
        ...{ name: 'purchase-wechat', atMostPerSecond: 600, warmUp: 400, done: [200] },
        make: (index: number) => makePurchase(stage, simulators, index),
        verify: (bought: number) => verify(stage, bought),
      };
      return [await measurePurchases(stage, purchases, options)];
    } finally {
      await stage.close();
    }
  } finally {
    await simulators.stop();
  }
}

export const purchaseWechat: Bench = {
  name: 'purchase-wechat',
  summary: 'the same through WeChat Pay: prepay, payment at the simulator, its notification',
  engines: ['sqlite', 'postgres'],
  run,
};
