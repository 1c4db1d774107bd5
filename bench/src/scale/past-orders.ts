/** A customer and some orders of the past, made by the product itself: completed and paid at the door, or cancelled. */
import { newId } from '../../../server/src/kernel/ids.ts';
import { inject, makeOrder } from '../orders-by-http.ts';
import type { Stage } from '../stage.ts';
import { type RecordedRow, recordRows } from './recorded-rows.ts';

/** Carts with different goods; more would not make the tables any different. */
const CARTS = 9;
/** One of so many orders came to its end; a cancelled one takes a third of the disk. */
const COMPLETED_OF = 3;
const ADMIN_PASSWORD = 'abacus-beads-and-rods';

export interface Past {
  readonly customer: readonly RecordedRow[];
  /** One for each cart. */
  readonly orders: readonly (readonly RecordedRow[])[];
}

/** An access token of the administrator. */
export async function logInAdministrator(stage: Stage): Promise<string> {
  await stage.application.identity.ensureAdministrator(ADMIN_PASSWORD);
  const { tokens } = await inject<{ tokens: { accessToken: string } }>(stage, {
    ...{ method: 'POST', path: '/users/login', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ identifier: 'admin', password: ADMIN_PASSWORD }),
  });
  return tokens.accessToken;
}

/** An access token of a customer, without the round trips of a login. */
export async function logInCustomer({ kernel, application }: Stage, userId: string): Promise<string> {
  const started = await kernel.db.tx('bench.login', (tx) =>
    application.identity.startSession(tx, userId, { ip: '127.0.0.1', userAgent: 'bench' }),
  );
  return (await application.identity.issueTokens(started)).tokens.accessToken;
}

/** How the administrator takes an order to its end. */
function stepsOf(total: number) {
  return [
    { status: 'processing' },
    { status: 'shipped', carrier: 'SF' },
    { status: 'delivered', collectedAmount: total },
    { status: 'completed' },
  ];
}

async function liveThrough(stage: Stage, token: string, adminToken: string, index: number): Promise<string> {
  const send = <T>(by: string, method: 'POST' | 'PATCH', path: string, body: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${by}` };
    return inject<T>(stage, { method, path, headers, body: JSON.stringify(body) });
  };
  const cart = JSON.parse(makeOrder(stage, index).body ?? '{}') as object;
  const { id, total } = await send<{ id: string; total: number }>(token, 'POST', '/orders', cart);
  if (index % COMPLETED_OF === 0) {
    await send(token, 'POST', `/orders/${id}/payments`, { method: 'cash_on_delivery' });
    for (const step of stepsOf(total)) {
      await send(adminToken, 'PATCH', `/orders/${id}/status`, step);
    }
  } else {
    await send(token, 'POST', `/orders/${id}/cancel`, { reason: 'changed my mind' });
  }
  await stage.application.worker.drain();
  return id;
}

/** Records them on this stage. */
export async function recordPast(stage: Stage, adminToken: string): Promise<Past> {
  const { db } = stage.kernel;
  const { identity } = stage.application;
  let customerId = '';
  const customer = await recordRows(db, async () => {
    const login = { provider: 'wechat', appid: 'wxbench', openid: newId('opn') };
    const found = await db.tx('bench.customer', (tx) => identity.findOrCreateLinkedUser(tx, login));
    customerId = found.userId;
    return { customerId };
  });
  const token = await logInCustomer(stage, customerId);
  const orders: RecordedRow[][] = [];
  for (let index = 0; index < CARTS; index += 1) {
    const record = async () => ({
      customerId,
      orderId: await liveThrough(stage, token, adminToken, index),
    });
    orders.push(await recordRows(db, record));
  }
  return { customer, orders };
}
