/**
 * What `doctor` checks of top-ups: their part of I5. Each is the delivery of one order, of its amount; it was claimed at
 * most once, and if and only if its order says that somebody has begun; what is still to come has its job, and what a
 * person must decide stands in their list.
 */
import type { Reader } from '../../kernel/db/index.ts';
import type { OrderRow } from '../orders/index.ts';
import { topupSend } from './jobs.ts';
import type { TopupRow } from './tables.ts';

export interface TopupViolation {
  readonly invariant: string;
  readonly subject: string;
  readonly message: string;
}

const PAGE = 500;
const MAX_FOUND = 100;

type OrderFacts = Pick<OrderRow, 'id' | 'kind' | 'total' | 'status' | 'payment_status' | 'fulfilment_status'>;

interface Facts {
  readonly order: OrderFacts;
  readonly topup: TopupRow | undefined;
  /** Claims that were not given back. */
  readonly claims: number;
  readonly hasJob: boolean;
}

/** Checks every order of a top-up. */
export async function checkTopups(reader: Reader): Promise<TopupViolation[]> {
  const found = await findStrays(reader);
  for (let after = ''; found.length < MAX_FOUND; ) {
    const page = await readPage(reader, after);
    const last = page.at(-1);
    if (last === undefined) {
      break;
    }
    for (const facts of page) {
      const subject = facts.topup?.id ?? facts.order.id;
      found.push(...messagesOf(facts).map((message) => ({ invariant: 'I5', subject, message })));
    }
    after = last.order.id;
  }
  return found;
}

/** Top-ups of no order, or of an order of something else. */
async function findStrays(reader: Reader): Promise<TopupViolation[]> {
  const rows = await reader.query
    .selectFrom('topups')
    .leftJoin('orders', 'orders.id', 'topups.order_id')
    .select(['topups.id', 'topups.order_id', 'orders.kind'])
    .where((where) => where.or([where('orders.id', 'is', null), where('orders.kind', '<>', 'topup')]))
    .limit(MAX_FOUND)
    .execute();
  return rows.map(({ id, order_id: orderId }) => ({
    invariant: 'I5',
    subject: id,
    message: `its order ${orderId} is none of a top-up`,
  }));
}

async function readPage(reader: Reader, after: string): Promise<Facts[]> {
  const orders = await reader.query
    .selectFrom('orders')
    .select(['id', 'kind', 'total', 'status', 'payment_status', 'fulfilment_status'])
    .where('kind', '=', 'topup')
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE)
    .execute();
  const ids = orders.map(({ id }) => id);
  if (ids.length === 0) {
    return [];
  }
  const topups = await reader.query.selectFrom('topups').selectAll().where('order_id', 'in', ids).execute();
  const byOrder = new Map(topups.map((topup) => [topup.order_id, topup]));
  const jobs = await readJobs(reader, topups);
  const claims = await countClaims(reader, ids);
  return orders.map((order) => {
    const topup = byOrder.get(order.id);
    return {
      order,
      topup,
      claims: claims.get(order.id) ?? 0,
      hasJob: topup !== undefined && jobs.has(topup.id),
    };
  });
}

async function readJobs(reader: Reader, topups: readonly TopupRow[]): Promise<Set<string>> {
  if (topups.length === 0) {
    return new Set();
  }
  const prefix = `${topupSend.name}:`;
  const keys = topups.map(({ id }) => `${prefix}${id}`);
  const rows = await reader.query
    .selectFrom('jobs')
    .select('unique_key')
    .where('unique_key', 'in', keys)
    .execute();
  return new Set(rows.map((row) => (row.unique_key as string).slice(prefix.length)));
}

/** How often each order was claimed, less the times that a run gave it back because nothing was sent. */
async function countClaims(reader: Reader, orderIds: readonly string[]): Promise<Map<string, number>> {
  const steps = await reader.query
    .selectFrom('state_history')
    .select(['entity_id', 'from_state', 'to_state'])
    .where('entity', '=', 'order')
    .where('entity_id', 'in', [...orderIds])
    .where('field', '=', 'fulfilment_status')
    .execute();
  const claims = new Map<string, number>();
  for (const { entity_id: id, from_state: from, to_state: to } of steps) {
    const isClaim = to === 'in_progress';
    const isGivenBack = from === 'in_progress' && to === 'unfulfilled';
    claims.set(id, (claims.get(id) ?? 0) + Number(isClaim) - Number(isGivenBack));
  }
  return claims;
}

function messagesOf({ order, topup, claims, hasJob }: Facts): string[] {
  if (topup === undefined) {
    return ['its order has no top-up'];
  }
  const found: string[] = [];
  if (order.total !== topup.amount) {
    found.push(`it costs ${topup.amount}, its order ${order.total}`);
  }
  if (claims > 1) {
    found.push(`it was claimed ${claims} times`);
  }
  const isClaimed = topup.recharge_at !== null;
  if (isClaimed !== claims > 0) {
    found.push(isClaimed ? 'it is claimed, but its order never was' : 'its order is claimed, but it is not');
  }
  found.push(...checkDelivery(order, topup), ...checkRest(order, topup, hasJob));
  return found;
}

/** What the order says of the delivery is the operator's word or a person's. */
function checkDelivery({ fulfilment_status: status }: OrderFacts, topup: TopupRow): string[] {
  const { result, decision } = topup;
  if (status === 'fulfilled' && result !== 'delivered' && decision !== 'delivered') {
    return ['it is fulfilled, and nobody has said so'];
  }
  if (status === 'failed' && result !== 'refused' && result !== 'not_sent' && decision !== 'failed') {
    return ['it has failed, and nobody has said so'];
  }
  return [];
}

/** Nothing is forgotten: what is still to come has its job, what a person decides is in their list. */
function checkRest(order: OrderFacts, topup: TopupRow, hasJob: boolean): string[] {
  const { status, payment_status: payment, fulfilment_status: fulfilment } = order;
  const isDue = status === 'confirmed' && payment === 'paid' && fulfilment === 'unfulfilled';
  if ((isDue || fulfilment === 'in_progress') && !hasJob) {
    return [`its delivery is ${fulfilment}, and no job goes on with it`];
  }
  if (fulfilment === 'unknown' && topup.awaits_person !== 'unknown') {
    return ['nobody knows what became of it, and nobody is asked'];
  }
  if (fulfilment === 'failed' && payment === 'paid' && topup.awaits_person !== 'failed') {
    return ['it has failed and is paid, and nobody is asked'];
  }
  return [];
}
