/**
 * The real server, killed again and again while it sells top-ups: `kill -9` at a boundary of the kernel, or anywhere. It is
 * started again on the same database while time goes on; in the end everything is settled and judged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulators, startSimulators } from '../../../simulators/src/index.ts';
import { MINUTE_MS, SECOND_MS, systemClock } from '../../src/kernel/clock.ts';
import { type Db, openDb } from '../../src/kernel/db/index.ts';
import { runDoctor } from '../../src/modules/doctor/index.ts';
import { createTestDatabase } from '../harness/database.ts';
import { type Chance, createChance } from '../harness/random.ts';
import { judge, type Verdict } from './judge.ts';
import { newKey } from './process.ts';
import { planSale, type Sale } from './sale.ts';
import { ADMIN_PASSWORD, prepareServers, type ServerGround, type ServerProcess } from './server-process.ts';

const START = Date.parse('2026-11-20T04:00:00Z');
/** How long a server may live after the last sale was begun. */
const LIVES_MS = 1_500;
const LOOK_EVERY_MS = 25;
const SETTLING_STEPS = 12;
const SETTLED_WITHIN_MS = 30_000;

/** Where a death may hurt; the first or the second time that it is reached. */
const POINTS: readonly [string, ...string[]] = [
  'commit.before:topup.claim',
  'commit.after:topup.claim',
  'call.before:unitel.recharge',
  'call.after:unitel.recharge',
  'commit.before:topup.record',
  'commit.after:topup.record',
  'commit.before:topup.end_run',
  'commit.after:topup.end_run',
  'call.before:unitel.auth',
  'call.after:unitel.auth',
  'commit.after:job.claim',
  'commit.before:notification.apply',
  'commit.after:notification.apply',
  'commit.before:order.place',
  'commit.after:order.place',
  'answer.before:POST /payments/notify/:provider',
  'answer.before:POST /topup/orders',
  'commit.after:refund.record_answer',
];

export interface KillsReport {
  readonly kills: number;
  readonly points: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly wrong: readonly string[];
}

interface World {
  readonly chance: Chance;
  readonly simulators: Simulators;
  readonly db: Db;
  readonly servers: ServerGround;
  readonly sales: Sale[];
  readonly points: string[];
  newNumber(): string;
  token: string | undefined;
}

/** A customer of the mini program, logged in. */
async function logIn(world: World, server: ServerProcess): Promise<string> {
  const { code } = world.simulators.wechatOpen.mintLoginCode();
  const session = await server.call('POST /wechat/login', undefined, { code });
  return session?.data?.tokens?.accessToken as string;
}

/** Takes a purchase as far as the server lives. */
async function goOn({ simulators, token, chance }: World, server: ServerProcess, sale: Sale): Promise<void> {
  if (sale.topupId === undefined) {
    const body = { msisdn: sale.msisdn, type: 'recharge', code: 'SD5000' };
    const placed = await server.call('POST /topup/orders', token, body, sale.key);
    sale.topupId = placed?.data?.id;
    sale.orderId = placed?.data?.orderId;
  }
  if (sale.topupId === undefined || sale.paymentId !== undefined) {
    return;
  }
  const started = await server.call(`POST /orders/${sale.orderId}/payments`, token, {
    method: 'wechat_native',
  });
  const paymentId = started?.data?.paymentId as string | undefined;
  if (paymentId !== undefined) {
    sale.paymentId = paymentId;
    if (chance.happens(70)) {
      const params = { copies: 1 + chance.upTo(4), ms: 0 };
      simulators.faults.set({
        ...{ provider: 'wechat-pay', operation: 'notify', kind: 'duplicate', params },
        match: { outTradeNo: paymentId },
      });
    }
    simulators.wechatPay.pay({ outTradeNo: paymentId });
    await simulators.notifications.flush();
  }
}

async function liveUntil(server: ServerProcess, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (!server.hasEnded() && performance.now() < until) {
    await sleep(LOOK_EVERY_MS);
  }
}

/** Starts a server, sells, and kills it. */
async function killOnce(world: World): Promise<void> {
  const { chance, simulators, sales } = world;
  const isAtPoint = chance.happens(70);
  const point = isAtPoint ? `${chance.pick(POINTS)}${chance.happens(30) ? '#2' : ''}` : undefined;
  const server = await world.servers.start(point);
  world.token ??= await logIn(world, server);
  for (let count = 1 + chance.upTo(3); count > 0; count -= 1) {
    sales.push(planSale({ simulators, newNumber: world.newNumber }, chance, '', newKey()));
  }
  const open = sales.filter(({ paymentId }) => paymentId === undefined);
  await Promise.all(open.map((sale) => goOn(world, server, sale)));
  await liveUntil(server, isAtPoint ? LIVES_MS : chance.upTo(400));
  world.points.push(server.hasEnded() ? (point ?? 'anywhere') : 'anywhere');
  await server.kill();
  simulators.advanceClock(chance.pick([1, 20, 40, 70, 130]) * SECOND_MS);
}

/** Nothing waits to be done now, and nobody is doing anything. */
async function becomeIdle({ db, simulators }: World): Promise<void> {
  const until = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    await simulators.notifications.flush();
    const due = await db.query
      .selectFrom('jobs')
      .select('name')
      .where('state', '=', 'waiting')
      .where('run_at', '<=', simulators.clockView().epochMs)
      .where((where) =>
        where.or([
          where('lease_until', 'is', null),
          where('lease_until', '<', simulators.clockView().epochMs),
        ]),
      )
      .executeTakeFirst();
    const running = await db.query
      .selectFrom('jobs')
      .select('name')
      .where('lease_until', '>=', simulators.clockView().epochMs)
      .executeTakeFirst();
    if ((due === undefined && running === undefined) || performance.now() > until) {
      return;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function settle(world: World, server: ServerProcess): Promise<void> {
  const { simulators } = world;
  for (let step = 0; step < SETTLING_STEPS; step += 1) {
    // Past every lease that a killed server has left.
    simulators.advanceClock((3 + 3 * step) * MINUTE_MS);
    server.tick();
    await becomeIdle(world);
  }
}

/** A person asks the operator about what nobody knows, and says what is true. */
async function decideAll({ db, simulators }: World, server: ServerProcess): Promise<void> {
  const login = await server.call('POST /users/login', undefined, {
    identifier: 'admin',
    password: ADMIN_PASSWORD,
  });
  const staff = login?.data?.tokens?.accessToken as string;
  const waiting = await db.query
    .selectFrom('topups')
    .select('id')
    .where('awaits_person', '=', 'unknown')
    .execute();
  for (const { id } of waiting) {
    const isDelivered = simulators.unitel
      .listSends({ journalId: id })
      .some(({ outcome }) => outcome === 'delivered');
    const outcome = isDelivered ? 'delivered' : 'failed';
    await server.call(`POST /admin/topups/${id}/decide`, staff, {
      outcome,
      reason: 'the operator was asked',
    });
  }
}

async function finish(world: World): Promise<string[]> {
  world.simulators.faults.clear();
  // Requests of the last killed server hold their keys for a while.
  world.simulators.advanceClock(3 * MINUTE_MS);
  const server = await world.servers.start();
  try {
    for (const sale of world.sales.filter(({ paymentId }) => paymentId === undefined)) {
      await goOn(world, server, sale);
    }
    await settle(world, server);
    await decideAll(world, server);
    await settle(world, server);
  } finally {
    await server.kill();
  }
  const { violations } = await runDoctor(world.db, systemClock);
  return violations.map(({ invariant, subject, message }) => `${invariant} ${subject}: ${message}`);
}

/** Kills the server `kills` times. */
export async function playKills(seed: number, kills: number): Promise<KillsReport> {
  const simulators = await startSimulators({ delivery: 'manual', clockOffsetMs: 0, now: () => START });
  const database = await createTestDatabase();
  const servers = await prepareServers(simulators, database.url);
  const db = await openDb(database.url, { clock: systemClock });
  let numbers = 0;
  const world: World = {
    ...{ simulators, servers, db, chance: createChance(seed), sales: [], points: [], token: undefined },
    newNumber() {
      numbers += 1;
      return `86${String(numbers).padStart(6, '0')}`;
    },
  };
  try {
    for (let count = 0; count < kills; count += 1) {
      await killOnce(world);
    }
    const broken = await finish(world);
    const verdicts: Verdict[] = [];
    for (const sale of world.sales) {
      verdicts.push(await judge(world, sale));
    }
    const wrong = [...broken, ...verdicts.flatMap((verdict) => verdict.wrong)];
    return { kills, points: world.points, verdicts, wrong };
  } finally {
    await db.close();
    servers.clear();
    await simulators.close();
    await database.drop();
  }
}
