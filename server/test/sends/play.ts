/**
 * One seeded run: a few purchases from the order to the end, under workers and processes that live and die while
 * providers repeat themselves, the operator lies and time jumps. Then everything heals, people decide what nobody knows,
 * and each purchase is judged.
 */
import { HOUR_MS, SECOND_MS } from '../../src/kernel/clock.ts';
import { newId, randomCode } from '../../src/kernel/ids.ts';
import { tokenOf } from '../harness/api.ts';
import { type Chance, createChance } from '../harness/random.ts';
import { STAFF } from '../harness/topup-shop.ts';
import type { Ground } from './ground.ts';
import { judge, type Verdict } from './judge.ts';
import type { DeathPlan } from './mortal.ts';
import { newKey, type ShopProcess, startProcess } from './process.ts';
import { planSale, type Sale } from './sale.ts';

const MAX_WORKERS = 100;
const MAX_TRIES = 20;
const HEALED_HOURS = 4;
/** After each a lease that a dead process has left is seen to be over. */
const HEALING_STEPS = 8;

export interface RunReport {
  readonly seed: number;
  readonly workers: number;
  readonly sales: number;
  /** Where processes died. */
  readonly deaths: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly wrong: readonly string[];
}

interface World {
  readonly ground: Ground;
  readonly chance: Chance;
  /** Those that live; one that has died is replaced before the next step. */
  readonly processes: ShopProcess[];
  readonly dead: ShopProcess[];
  readonly deaths: string[];
  readonly workersEach: number;
  readonly sales: readonly Sale[];
  /** Work that was begun and is not waited for. */
  readonly underWay: Set<Promise<unknown>>;
}

/** Where a death hurts a send most. */
const SORE_SPOTS: readonly [Omit<DeathPlan, 'nth'>, ...Omit<DeathPlan, 'nth'>[]] = [
  { kind: 'commit.before', name: 'topup.claim' },
  { kind: 'commit.after', name: 'topup.claim' },
  { kind: 'call.before', name: 'unitel.recharge' },
  { kind: 'call.after', name: 'unitel.recharge' },
  { kind: 'commit.before', name: 'topup.record' },
  { kind: 'commit.after', name: 'topup.record' },
  { kind: 'commit.before', name: 'topup.give_back' },
  { kind: 'commit.before', name: 'topup.end_run' },
  { kind: 'commit.after', name: 'topup.end_run' },
  { kind: 'commit.after', name: 'job.claim' },
  { kind: 'call.after', name: 'unitel.auth' },
];

/** In so many of a hundred cases a new process has a place where it will die, and one that follows a dead one. */
const DOOMED = 75;
const DOOMED_AGAIN = 25;

/** A sore spot, or any boundary at all. */
function doom(chance: Chance, process: ShopProcess): void {
  const spot = chance.happens(70) ? chance.pick(SORE_SPOTS) : undefined;
  process.life.dieAt({ ...spot, nth: 1 + chance.upTo(spot ? 2 : 40) });
}

async function bringToLife(world: World): Promise<void> {
  const { chance, ground, processes, workersEach } = world;
  for (const [index, process] of processes.entries()) {
    if (process.life.isOver) {
      world.deaths.push(await process.life.end);
      world.dead.push(process);
      const next = await startProcess(ground, workersEach);
      processes[index] = next;
      if (chance.happens(DOOMED_AGAIN)) {
        doom(chance, next);
      }
    }
  }
}

function anyProcess({ chance, processes }: World): ShopProcess {
  return chance.pick(processes as [ShopProcess, ...ShopProcess[]]);
}

/** Asks until a process lives long enough to answer. */
async function ask(world: World, route: string, token: string, body: object, key = newKey()) {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    await bringToLife(world);
    const answer = await anyProcess(world).call(route, { token, body, headers: { 'idempotency-key': key } });
    if (answer !== undefined && answer.status < 500 && answer.body.error !== 'idempotency_in_progress') {
      return answer;
    }
    // A claim of a run that has died is taken over when its lease is over.
    world.ground.clock.advance(61 * SECOND_MS);
  }
  throw new Error(`${route} was never answered`);
}

async function order(world: World, sale: Sale): Promise<void> {
  const body = { msisdn: sale.msisdn, type: 'recharge', code: 'SD5000' };
  const answer = await ask(world, 'POST /topup/orders', sale.token, body, sale.key);
  if (answer.status === 201) {
    sale.topupId = answer.body.data.id;
    sale.orderId = answer.body.data.orderId;
  }
}

async function pay(world: World, sale: Sale): Promise<void> {
  const answer = await ask(world, `POST /orders/${sale.orderId}/payments`, sale.token, {
    method: 'wechat_native',
  });
  if (answer.status < 300) {
    sale.paymentId = answer.body.data.paymentId;
    world.ground.gateway.pay(answer.body.data.paymentId);
    await tell(world, sale);
  }
}

/** The provider says that it was paid, as often as it likes and to whom it likes. */
async function tell(world: World, sale: Sale): Promise<void> {
  const { chance, ground } = world;
  const paymentId = sale.paymentId ?? '';
  const facts = ground.gateway.trades.get(paymentId)?.facts;
  const subject = { type: 'payment', paymentId, result: { outcome: 'succeeded', facts } };
  const eventId = `evt_${randomCode(8)}`;
  const copies = Array.from({ length: 1 + chance.upTo(5) }, (_none, index) =>
    anyProcess(world).call('POST /payments/notify/fake_pay', {
      body: { eventId: chance.happens(50) ? eventId : `${eventId}_${index}`, subject },
      headers: { 'content-type': 'application/json' },
    }),
  );
  await Promise.all(copies);
}

function letRun(world: World, work: Promise<unknown>): void {
  const settled = work.catch(() => undefined).finally(() => world.underWay.delete(settled));
  world.underWay.add(settled);
}

function drain(process: ShopProcess, workers: number): Promise<unknown> {
  const work = Promise.all(process.workers.slice(0, workers).map((worker) => worker.drain()));
  return Promise.race([work, process.life.end]);
}

type Step = (world: World) => Promise<void> | void;

const STEPS: readonly [Step, ...Step[]] = [
  // Workers, waited for or not.
  async (world) => {
    await Promise.all(world.processes.map((process) => drain(process, world.workersEach)));
  },
  (world) => {
    for (const process of world.processes) {
      letRun(world, drain(process, 1 + world.chance.upTo(world.workersEach)));
    }
  },
  // Time: within a send, past its last moment, past every lease.
  ({ chance, ground }) => ground.clock.advance(chance.pick([1, 4, 6, 36, 61, 130, 400]) * SECOND_MS),
  ({ chance, ground }) => ground.clock.advance(chance.pick([30, 61, 70]) * SECOND_MS),
  // The provider repeats itself.
  async (world) => {
    const paid = world.sales.filter(({ paymentId }) => paymentId !== undefined);
    if (paid.length > 0) {
      await tell(world, world.chance.pick(paid as [Sale, ...Sale[]]));
    }
  },
  // Runs that no lease protects, as many as there may be.
  (world) => {
    const { chance, sales } = world;
    const ordered = sales.filter(({ topupId }) => topupId !== undefined);
    if (ordered.length > 0) {
      const { topupId } = chance.pick(ordered as [Sale, ...Sale[]]);
      const runs = 1 + chance.upTo(MAX_WORKERS);
      for (let run = 0; run < runs; run += 1) {
        letRun(world, anyProcess(world).stray('topup.send', { topupId }));
      }
    }
  },
  // Death, at a boundary or anywhere.
  (world) => doom(world.chance, anyProcess(world)),
  (world) => {
    if (world.chance.happens(30)) {
      anyProcess(world).life.kill();
    }
  },
  // The customer has thought better of it.
  async (world) => {
    const { chance, sales } = world;
    const sale = chance.pick(sales as [Sale, ...Sale[]]);
    if (sale.orderId !== undefined && chance.happens(25)) {
      await ask(world, `POST /orders/${sale.orderId}/cancel`, sale.token, { reason: 'changed my mind' });
    }
  },
  // What recurs, and tokens that end.
  (world) => letRun(world, anyProcess(world).stray('topup.pick_up', {})),
  (world) => letRun(world, anyProcess(world).stray('topup.report', {})),
  ({ chance, ground }) => {
    if (chance.happens(30)) {
      ground.simulators.unitel.revokeTokens();
    }
  },
];

async function heal(world: World): Promise<void> {
  const { ground, sales } = world;
  await Promise.all(world.underWay);
  ground.simulators.faults.clear();
  await bringToLife(world);
  const healthy = world.processes[0] as ShopProcess;
  healthy.life.dieAt({ nth: Number.POSITIVE_INFINITY });
  const { clock } = ground;
  const pass = async () => {
    for (let step = 0; step < HEALING_STEPS; step += 1) {
      await healthy.stray('topup.pick_up', {});
      await healthy.workers[0]?.drain({
        clock,
        until: clock.now() + (HEALED_HOURS * HOUR_MS) / HEALING_STEPS,
      });
    }
  };
  await pass();
  for (const { topupId } of sales) {
    if (topupId !== undefined) {
      await decide(ground, healthy, topupId);
    }
  }
  await pass();
}

/** A person asks the operator, and says what is true. */
async function decide(ground: Ground, process: ShopProcess, topupId: string): Promise<void> {
  const isDelivered = ground.simulators.unitel
    .listSends({ journalId: topupId })
    .some(({ outcome }) => outcome === 'delivered');
  await process.call(`POST /admin/topups/${topupId}/decide`, {
    token: STAFF,
    body: { outcome: isDelivered ? 'delivered' : 'failed', reason: 'the operator was asked' },
  });
}

async function openWorld(ground: Ground, chance: Chance): Promise<World> {
  const workers = chance.pick([1, 2, 5, 10, 30, MAX_WORKERS]);
  const count = 1 + chance.upTo(Math.min(4, workers));
  const workersEach = Math.floor(workers / count);
  const processes = await Promise.all(Array.from({ length: count }, () => startProcess(ground, workersEach)));
  for (const process of processes) {
    if (chance.happens(DOOMED)) {
      doom(chance, process);
    }
  }
  const sales = Array.from({ length: 1 + chance.upTo(3) }, () =>
    planSale(ground, chance, tokenOf({ userId: newId('usr') }), newKey()),
  );
  return { ground, chance, processes, workersEach, sales, dead: [], deaths: [], underWay: new Set() };
}

/** Plays the run of a seed on the ground. */
export async function playRun(ground: Ground, seed: number): Promise<RunReport> {
  const chance = createChance(seed);
  const world = await openWorld(ground, chance);
  const { sales, deaths } = world;
  for (const sale of sales) {
    await order(world, sale);
    if (chance.happens(95)) {
      await pay(world, sale);
    }
    for (let step = chance.upTo(8); step >= 0; step -= 1) {
      await bringToLife(world);
      await chance.pick(STEPS)(world);
    }
  }
  await heal(world);
  const verdicts = await Promise.all(sales.map((sale) => judge(ground, sale)));
  for (const process of [...world.processes, ...world.dead]) {
    await process.close();
  }
  const wrong = verdicts.flatMap((verdict) => verdict.wrong);
  const workers = world.processes.length * world.workersEach;
  return { seed, workers, sales: sales.length, deaths, verdicts, wrong };
}
