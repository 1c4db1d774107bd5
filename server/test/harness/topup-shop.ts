/** A shop that sells top-ups of an operator in memory, paid at a provider in memory. */
import type { Db } from '../../src/kernel/db/index.ts';
import { AppError, commitUnknown } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createTopups, type TopupRow, type Topups } from '../../src/modules/topups/index.ts';
import { tokenOf } from './api.ts';
import { createFakeOperator, type FakeOperator } from './fake-operator.ts';
import { runStray } from './run-stray.ts';
import { type DelivererParts, openShop, type Shop } from './shop.ts';

export const STAFF = tokenOf({
  userId: 'usr_clerk',
  kind: 'staff',
  permissions: ['topups.read', 'topups.write'],
});

/** Where a top-up and its order stand. */
export interface Standing {
  readonly topup: TopupRow;
  readonly status: string;
  readonly payment: string;
  readonly fulfilment: string;
}

export interface TopupShop extends Shop {
  readonly operator: FakeOperator;
  readonly topups: Topups;
  /** The same module in another process. */
  another(trouble?: { readonly losesCommitOf: string }): Topups;
  /** What metrics were told, such as `unitel delivered`. */
  readonly results: string[];
  /** A customer with a token. */
  newCustomer(): { readonly id: string; readonly token: string };
  /** Orders 5,000 units for a number; answers the view. */
  order(token: string, change?: object): Promise<{ readonly id: string; readonly orderId: string }>;
  /** Orders and pays it; answers the top-up's id. */
  buy(): Promise<string>;
  standing(topupId: string): Promise<Standing>;
  /** Kinds of the open alerts about it. */
  alertsOf(topupId: string): Promise<string[]>;
  /** Runs what is due, and the recurring jobs by their names. */
  runCron(name: string): Promise<void>;
}

export interface TopupShopOptions {
  readonly hasAutoRefund?: boolean;
  readonly isQueryable?: boolean;
}

export async function openTopupShop(options: TopupShopOptions = {}): Promise<TopupShop> {
  const { hasAutoRefund = true, isQueryable = false } = options;
  const operator = createFakeOperator({ isQueryable });
  const results: string[] = [];
  const make = (parts: DelivererParts) =>
    createTopups({
      ...parts,
      log: silentLogger,
      operators: operator.registry,
      hasAutoRefund,
      onResult: (result) => results.push(`${result.operator} ${result.outcome}`),
    });
  let topups: Topups | undefined;
  const shop = await openShop({
    deliverer(parts) {
      topups = make(parts);
      return topups;
    },
  });
  const { db, api } = shop;
  const made = topups as unknown as Topups;

  function newCustomer() {
    const id = newId('usr');
    return { id, token: tokenOf({ userId: id, kind: 'customer' }) };
  }

  const reading = createReading(shop);
  const topupShop: TopupShop = {
    ...{ ...shop, ...reading, operator, results, newCustomer },
    topups: made,
    another: (trouble) => make(trouble ? { ...shop, db: losingCommit(db, trouble.losesCommitOf) } : shop),
    async order(token, change = {}) {
      const answer = await api.call('POST /topup/orders', {
        token,
        body: { msisdn: '+976 8800 0001', type: 'recharge', code: 'SD5000', ...change },
      });
      if (answer.status !== 201) {
        throw new Error(JSON.stringify(answer.body));
      }
      return answer.body.data;
    },
    async buy() {
      const { id, orderId } = await topupShop.order(newCustomer().token);
      await shop.receive(await shop.pay(await shop.read(orderId)));
      return id;
    },
    runCron: (name) => runStray(made.jobs, name, {}),
  };
  return topupShop;
}

function createReading({ db, read }: Shop): Pick<TopupShop, 'standing' | 'alertsOf'> {
  return {
    async standing(topupId) {
      const topup = await db.query
        .selectFrom('topups')
        .selectAll()
        .where('id', '=', topupId)
        .executeTakeFirstOrThrow();
      const order = await read(topup.order_id);
      return {
        topup,
        status: order.status,
        payment: order.payment_status,
        fulfilment: order.fulfilment_status,
      };
    },
    async alertsOf(topupId) {
      const rows = await db.query
        .selectFrom('alerts')
        .select('kind')
        .where('subject', '=', topupId)
        .where('state', '=', 'open')
        .execute();
      return rows.map(({ kind }) => kind).sort();
    },
  };
}

/** A database whose connection breaks while one transaction commits, which it does. */
function losingCommit(db: Db, name: string): Db {
  return {
    ...db,
    engine: db.engine,
    query: db.query,
    async tx(txName, callback) {
      const result = await db.tx(txName, callback);
      if (txName === name) {
        throw new AppError(commitUnknown);
      }
      return result;
    },
  };
}

/** A run of a top-up's job that no worker has leased, as any number of processes may find themselves with. */
export function strayRun(topups: Topups, name: string, topupId: string): Promise<void> {
  return runStray(topups.jobs, name, { topupId });
}
