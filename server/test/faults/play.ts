/** Purchases with refunds under one fault of a provider; afterwards everything must be as if nothing had been wrong. */
import { MINUTE_MS } from '../../src/kernel/clock.ts';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import type { TestApp, TestBuyer } from '../harness/app.ts';
import { compareWithProvider } from '../harness/provider-money.ts';
import type { Opened, Rail } from './rails.ts';

const PRICE = 1_280;
const OPENINGS = 4;
const ADDRESS = {
  firstName: '晓',
  street1: '1 Abacus Road',
  city: 'Shenzhen',
  country: 'CN',
  phone: '19900000000',
};

/** Real waits of the faults that keep a connection open. */
const WAITS: Readonly<Record<string, number>> = { delay: 20, commit_then_timeout: 50 };

/** The buyer pays and is told of; pays and nobody is told; never pays; pays after the order has closed. */
const STORIES = ['told', 'untold', 'unpaid', 'late'] as const;

export interface Fault {
  readonly operation: string;
  readonly kind: string;
}

export interface CellResult {
  /** How often the fault has struck. */
  readonly struck: number;
  readonly purchases: number;
  readonly wrong: readonly string[];
}

interface Scene {
  readonly app: TestApp;
  readonly rail: Rail;
  readonly fault: Fault;
  readonly buyer: TestBuyer;
  readonly variantId: string;
  readonly times: number;
  readonly amount: number;
  readonly answers: string[];
}

async function pass({ worker, clock, simulators }: TestApp, ms: number, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await worker.drain({ clock, until: clock.now() + Math.ceil(ms / steps) });
    await simulators.notifications.flush();
  }
  await worker.drain();
}

async function ask({ app, answers }: Scene, route: string, token: string, body: object) {
  const answer = await app.call(route, { token, body });
  if (answer.status === 500) {
    answers.push(`${route} answered 500`);
  }
  return answer;
}

/** A buyer tries again when the provider could not be reached. */
async function open(scene: Scene, orderId: string): Promise<Opened | undefined> {
  for (let tries = 0; tries < OPENINGS; tries += 1) {
    const { status, body } = await ask(scene, `POST /orders/${orderId}/payments`, scene.buyer.token, {
      method: scene.rail.method,
    });
    if (status === 201) {
      return body.data as Opened;
    }
    await pass(scene.app, MINUTE_MS / 2, 1);
  }
  return undefined;
}

function pay({ app, rail }: Scene, opened: Opened): void {
  try {
    rail.pay(app.simulators, opened);
  } catch {
    // The payer was refused; what the provider holds is looked at in the end.
  }
}

/** Arms the fault, and answers how often it has struck once it is cleared. */
function arm({ app, rail, fault: { operation, kind }, times }: Scene): () => number {
  const { faults } = app.simulators;
  const wait = WAITS[kind];
  const params = wait === undefined ? {} : { ms: wait };
  const { id } = faults.set({ provider: rail.provider, operation, kind, times, params });
  return () => {
    const left = faults.list().find((one) => one.id === id)?.times ?? 0;
    faults.clear();
    return left === 'always' ? 0 : times - left;
  };
}

async function playStory(scene: Scene, story: (typeof STORIES)[number]): Promise<number> {
  const { app, rail, buyer, variantId, amount } = scene;
  const placed = await app.call('POST /orders', {
    token: buyer.token,
    headers: { 'idempotency-key': `${variantId}-${story}` },
    body: { items: [{ variantId, quantity: 1 }], shippingAddress: ADDRESS },
  });
  const orderId = placed.body.data.id as string;
  rail.prepare?.(app.simulators);
  const disarm = arm(scene);
  if (story === 'untold' && scene.fault.operation !== 'notify') {
    app.simulators.faults.set({
      provider: rail.provider,
      operation: 'notify',
      kind: 'drop',
      times: 'always',
    });
  }
  const opened = await open(scene, orderId);
  if (opened !== undefined && (story === 'told' || story === 'untold')) {
    pay(scene, opened);
    await app.simulators.notifications.flush();
  }
  await pass(app, (story === 'told' ? 2 : 20) * MINUTE_MS, 4);
  if (opened !== undefined && story === 'late') {
    pay(scene, opened);
    await app.simulators.notifications.flush();
  }
  await ask(scene, `POST /orders/${orderId}/refunds`, app.adminToken, { amount, reason: 'one is dented' });
  await pass(app, 5 * MINUTE_MS, 4);
  return disarm();
}

/** Plays each story once more for every round, lets everything heal, and answers what is wrong and was not before. */
export async function playCell(
  app: TestApp,
  rail: Rail,
  fault: Fault,
  {
    rounds,
    random,
    known,
  }: { readonly rounds: number; readonly random: () => number; readonly known: Set<string> },
): Promise<CellResult> {
  const answers: string[] = [];
  let struck = 0;
  for (let round = 0; round < rounds; round += 1) {
    const body = {
      name: `${fault.operation} ${fault.kind} ${round}`,
      status: 'active',
      variants: [{ unitPrice: PRICE, stock: { isTracked: true, onHand: 10 } }],
    };
    const product = await app.call('POST /products', { token: app.adminToken, body });
    const variantId = product.body.data.variants[0].id as string;
    const [times, amount] = [1 + Math.floor(random() * 2), 1 + Math.floor(random() * PRICE)];
    const scene = { app, rail, fault, buyer: await app.newBuyer(), variantId, times, amount, answers };
    for (const story of STORIES) {
      struck += await playStory(scene, story);
    }
  }
  await pass(app, 90 * MINUTE_MS, 6);
  const found = [...answers, ...(await findWrong(app, rail))];
  const wrong = found.filter((line) => !known.has(line));
  for (const line of wrong) {
    known.add(line);
  }
  return { struck, purchases: rounds * STORIES.length, wrong };
}

/** Every invariant; at the provider the money that we say it holds; and nobody has paid twice or got back more than that. */
async function findWrong({ db, clock, simulators }: TestApp, rail: Rail): Promise<string[]> {
  const { violations } = await runDoctor(db, clock);
  const books = rail.books(simulators);
  const returned = Map.groupBy(
    books.refunds.filter(({ status }) => status === 'SUCCESS'),
    ({ outTradeNo }) => outTradeNo,
  );
  const twice = books.trades.flatMap(({ outTradeNo, total, paidAt }) => {
    const taken = paidAt === null ? 0 : total;
    const back = (returned.get(outTradeNo) ?? []).reduce((sum, { refund }) => sum + refund, 0);
    return taken > PRICE || back > taken ? [`${outTradeNo}: ${taken} was taken and ${back} given back`] : [];
  });
  return [
    ...violations.map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`),
    ...(await compareWithProvider(db, books)),
    ...twice,
  ];
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/** Three days later: nothing may be under way any more but what waits for a person. Answers what is. */
export async function findUnfinished(app: TestApp, rail: Rail): Promise<string[]> {
  await pass(app, 3 * DAY_MS, 36);
  const orders = await app.db.query
    .selectFrom('orders')
    .select('id')
    .where('status', '=', 'pending')
    .execute();
  return [...orders.map(({ id }) => `order ${id} is still pending`), ...(await findWrong(app, rail))];
}
