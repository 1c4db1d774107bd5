/**
 * What `doctor` checks of orders: I5, I7, I9 and the part of I10 that is theirs. Orders are read in pages by id together
 * with their lines, money and jobs, so that it also works on millions; histories (I8) are the kernel's `checkHistories`.
 */
import type { Reader } from '../../kernel/db/index.ts';
import { type PurposeMoney, readMoneyOf } from '../payments/index.ts';
import { orderClose } from './close-job.ts';
import { PURPOSE_TYPE } from './deps.ts';
import { isAwaitingPayment } from './order.ts';
import type { OrderLineRow, OrderRow } from './tables.ts';

/** Something that must never be; `doctor` prints it. */
export interface OrderViolation {
  readonly invariant: string;
  /** The order's id; for a counter the customer's. */
  readonly subject: string;
  readonly message: string;
}

const PAGE = 500;
/** A broken shop has thousands; the first ones tell why. */
const MAX_FOUND = 100;

interface Facts {
  readonly order: OrderRow;
  readonly lines: readonly OrderLineRow[];
  readonly money: PurposeMoney | undefined;
  readonly hasCloseJob: boolean;
}

/** Checks every order, and the counters of unpaid ones. */
export async function checkOrders(reader: Reader): Promise<OrderViolation[]> {
  const found = await checkCounts(reader);
  for (let after = ''; found.length < MAX_FOUND; ) {
    const page = await readPage(reader, after);
    const last = page.at(-1);
    if (last === undefined) {
      break;
    }
    found.push(...page.flatMap(violationsOf));
    after = last.order.id;
  }
  return found;
}

async function readPage(reader: Reader, after: string): Promise<Facts[]> {
  const orders = await reader.query
    .selectFrom('orders')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE)
    .execute();
  if (orders.length === 0) {
    return [];
  }
  const ids = orders.map(({ id }) => id);
  const lines = await reader.query
    .selectFrom('order_lines')
    .selectAll()
    .where('order_id', 'in', ids)
    .execute();
  const linesByOrder = Map.groupBy(lines, ({ order_id }) => order_id);
  const money = await readMoneyOf(reader, PURPOSE_TYPE, ids);
  const jobs = await reader.query
    .selectFrom('jobs')
    .select('unique_key')
    .where(
      'unique_key',
      'in',
      ids.map((id) => `${orderClose.name}:${id}`),
    )
    .execute();
  const planned = new Set(jobs.map(({ unique_key }) => unique_key));
  return orders.map((order) => ({
    order,
    lines: linesByOrder.get(order.id) ?? [],
    money: money.get(order.id),
    hasCloseJob: planned.has(`${orderClose.name}:${order.id}`),
  }));
}

function violationsOf(facts: Facts): OrderViolation[] {
  const subject = facts.order.id;
  return [
    ...checkFulfilment(facts).map((message) => ({ invariant: 'I5', subject, message })),
    ...checkTotals(facts).map((message) => ({ invariant: 'I7', subject, message })),
    ...checkMoney(facts).map((message) => ({ invariant: 'I9', subject, message })),
    ...checkJob(facts).map((message) => ({ invariant: 'I10', subject, message })),
  ];
}

const HANDED_OVER = ['shipped', 'delivered', 'completed', 'returned'];

/** I5: a paid order is fulfilled or stands in the list of those to be packed; one that ended without goods is refunded. */
function checkFulfilment({ order }: Facts): string[] {
  const isFulfilled = order.fulfilment_status === 'fulfilled';
  if (HANDED_OVER.includes(order.status) !== isFulfilled) {
    return [`it is ${order.status}, but its fulfilment is ${order.fulfilment_status}`];
  }
  const keepsMoney = ['paid', 'authorized', 'partially_refunded'].includes(order.payment_status);
  const isWaiting = order.status === 'confirmed' || order.status === 'processing';
  const isTaken = order.dispute_status !== null;
  if (keepsMoney && !isFulfilled && !isWaiting && !isTaken && order.total > 0) {
    return [`it is ${order.payment_status} and ${order.status}, and nobody will deliver it`];
  }
  return [];
}

/** I7: total = lines − discounts + tax that the prices do not contain + shipping, in integers. */
function checkTotals({ order, lines }: Facts): string[] {
  const found: string[] = [];
  const subtotal = lines.reduce((sum, line) => sum + line.total_price, 0);
  if (lines.some((line) => line.total_price !== (line.sale_price ?? line.unit_price) * line.quantity)) {
    found.push('a line is not its price times its quantity');
  }
  if (lines.length === 0 || subtotal !== order.subtotal) {
    found.push(`its lines sum to ${subtotal}, its subtotal is ${order.subtotal}`);
  }
  if (order.total !== order.subtotal - order.discount + order.tax + order.shipping) {
    found.push(`its total of ${order.total} is not the sum of its parts`);
  }
  return found;
}

/** I9: what was captured and not given back is at most what the order owes, and a paid order has its money. */
function checkMoney({ order, money }: Facts): string[] {
  const { captured = 0, surplus = 0, waived = 0, refunded = 0, disputed = 0 } = money ?? {};
  const owed = order.status === 'closed' || order.status === 'cancelled' ? 0 : order.total;
  const found: string[] = [];
  if (captured - refunded - disputed > owed) {
    found.push(
      `${captured} was captured, ${refunded} refunded and ${disputed} disputed, but only ${owed} is owed`,
    );
  }
  const isPaid = !['unpaid', 'authorized'].includes(order.payment_status);
  if (isPaid && captured - surplus + waived < order.total) {
    found.push(
      `it is ${order.payment_status}, but only ${captured - surplus} of ${order.total} was captured`,
    );
  }
  // Of a hold a part may have been captured before the rest.
  if (order.payment_status === 'unpaid' && captured > surplus) {
    found.push(`it is ${order.payment_status}, but ${captured - surplus} was captured for it`);
  }
  return found;
}

/** I10: whatever waits for its end has the job that brings it. */
function checkJob({ order, hasCloseJob }: Facts): string[] {
  const needsJob = isAwaitingPayment(order) || order.closing_at !== null;
  return needsJob && !hasCloseJob ? ['it waits to be paid or closed, but has no job that closes it'] : [];
}

async function checkCounts(reader: Reader): Promise<OrderViolation[]> {
  const rows = await reader.query
    .selectFrom('order_counts as counter')
    .leftJoin(
      reader.query
        .selectFrom('orders')
        .select((eb) => ['customer_id', eb.fn.countAll<number>().as('total')])
        .where('status', '=', 'pending')
        .where('payment_status', '=', 'unpaid')
        .groupBy('customer_id')
        .as('waiting'),
      'waiting.customer_id',
      'counter.customer_id',
    )
    .select(['counter.customer_id', 'counter.unpaid', 'waiting.total'])
    .where((eb) => eb('counter.unpaid', '<>', eb.fn.coalesce('waiting.total', eb.lit(0))))
    .limit(MAX_FOUND)
    .execute();
  return rows.map((row) => ({
    invariant: 'I8',
    subject: row.customer_id,
    message: `the counter says ${row.unpaid} unpaid orders, there are ${row.total ?? 0}`,
  }));
}
