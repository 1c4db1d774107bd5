/**
 * Coins come into the wallet with the money, and go out of it with the money.
 *
 * Invariant: an order's coins and gift coins are credited once, in one ledger transfer, in the transaction that records its
 * money (the order's claim, the transfer's cause). Whatever of the money goes back, by whoever, the coins that stand for it
 * are out of the wallet: `returned_coins` always follows what the shop keeps. A refund that we promise takes unspent coins
 * only and is refused otherwise (RULES 14); what others have taken is a fact, and coins that are spent are then owed.
 *
 * Crash story: everything stands in the transaction of the payment, the refund or the dispute. Run again, it finds that the
 * coins stand where the money says, and does nothing.
 */
import type { Actor } from '../../kernel/actor.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { publish } from '../../kernel/events/index.ts';
import { scaleDown } from '../../kernel/money.ts';
import type { Fulfiller, OrderRow } from '../orders/index.ts';
import { readKeptMoney } from '../payments/index.ts';
import { coinsFor, giftBetween, moneyFor, type Sale } from './coins.ts';
import { type CoinsDeps, creditCause, toPurpose } from './deps.ts';
import { coinsSpent } from './errors.ts';
import { coinsCredited, coinsReturned } from './events.ts';
import type { CoinOrderRow } from './tables.ts';

/** What delivers orders of coins, to be registered with the order engine. */
export function createCoinFulfiller(deps: CoinsDeps): Fulfiller {
  return {
    kind: 'coins',
    refusals: [coinsSpent],
    onPaid: (tx, order, by) => deliver(tx, deps, order, by),
    onRefundReserved: (tx, order, refund) =>
      follow(tx, deps, order, { by: refund.by, note: refund.refundId, promised: refund.amount.amount }),
    onRefundChanged: (tx, order, refund) => follow(tx, deps, order, { by: refund.by, note: refund.refundId }),
    onDisputeChanged: (tx, order, dispute) =>
      follow(tx, deps, order, { by: dispute.by, note: dispute.disputeId }),
  };
}

async function lockCoinOrder(tx: Tx, orderId: string): Promise<CoinOrderRow> {
  const row = await tx.lock('coin_orders', orderId);
  if (row === undefined) {
    throw new Error(`order ${orderId} is one of coins, but nothing says of which`);
  }
  return row;
}

async function deliver(tx: Tx, deps: CoinsDeps, { id }: OrderRow, by: Actor): Promise<void> {
  const order = await deps.orders.delivery.claim(tx, id, by);
  if (order === undefined) {
    return;
  }
  const row = await lockCoinOrder(tx, id);
  const { customer_id: customerId, coins, gift_coins: giftCoins, gift_days: giftDays } = row;
  await deps.wallets.credit(tx, {
    ...{ customerId, type: 'purchase', source: 'sold', paid: coins, gift: giftCoins },
    giftExpiresAt: giftDays === null ? null : tx.now + giftDays * DAY_MS,
    ...{ cause: creditCause(id), purpose: toPurpose(id), by, note: row.subject },
  });
  const payment = (await deps.payments.readPayments(tx, toPurpose(id))).find(
    (candidate) => candidate.id === order.payment_id,
  );
  const paidAt = payment?.paidAt;
  await tx.query
    .updateTable('coin_orders')
    .set({
      out_trade_no: order.payment_id,
      paid_at: typeof paidAt === 'string' ? Date.parse(paidAt) : tx.now,
      credited_at: tx.now,
      updated_at: tx.now,
    })
    .where('id', '=', id)
    .execute();
  await deps.orders.delivery.settle(tx, id, 'fulfilled', { by });
  await publish(tx, coinsCredited, id, toEvent(row));
}

function toEvent(row: CoinOrderRow) {
  return {
    ...{ orderId: row.id, customerId: row.customer_id, podId: row.pod_id },
    ...{ coins: row.coins, giftCoins: row.gift_coins, amount: row.amount, currency: row.currency },
  };
}

interface Change {
  readonly by: Actor;
  /** The refund's or the dispute's id, for the statement. */
  readonly note: string;
  /** What of the money we are about to promise (minor units): only then may it be refused. */
  readonly promised?: number;
}

/** Takes out, or gives back, what the money that is left with the shop says. The order is locked. */
async function follow(tx: Tx, deps: CoinsDeps, { id }: OrderRow, change: Change): Promise<void> {
  const row = await lockCoinOrder(tx, id);
  const { captured, kept } = await readKeptMoney(tx, toPurpose(id));
  const sale: Sale = { coins: row.coins, amount: captured };
  const returned = coinsFor(sale, captured - kept);
  if (returned === row.returned_coins) {
    return;
  }
  const returnedGift =
    returned > row.returned_coins
      ? await takeOut(tx, deps, row, { ...change, sale, returned, gone: captured - kept })
      : await putBack(tx, deps, row, { ...change, returned });
  await tx.query
    .updateTable('coin_orders')
    .set({
      returned_coins: returned,
      returned_gift_coins: returnedGift,
      returns: row.returns + 1,
      updated_at: tx.now,
    })
    .where('id', '=', id)
    .execute();
  await publish(tx, coinsReturned, id, {
    ...{ ...toEvent(row), returnedCoins: returned, returnedGiftCoins: returnedGift, keptAmount: kept },
    changedCoins: returned - row.returned_coins,
    changedGiftCoins: returnedGift - row.returned_gift_coins,
  });
}

function occasionOf({ id, customer_id: customerId, returns }: CoinOrderRow, { by, note }: Change) {
  const shared = { customerId, origin: creditCause(id), purpose: toPurpose(id), by, note };
  return { ...shared, cause: `coins_returned:${id}:${returns + 1}` };
}

interface TakingOut extends Change {
  readonly sale: Sale;
  readonly returned: number;
  /** All money that is gone or on its way back. */
  readonly gone: number;
}

/** Answers how much of the gift is out then. */
async function takeOut(tx: Tx, deps: CoinsDeps, row: CoinOrderRow, change: TakingOut): Promise<number> {
  const { sale, returned, promised, gone } = change;
  const paid = returned - row.returned_coins;
  const gift = giftBetween(row, row.returned_coins, returned);
  const occasion = occasionOf(row, change);
  if (promised === undefined) {
    await deps.wallets.takeBack(tx, { ...occasion, paid, gift, shortfall: 'receivable' });
    return row.returned_gift_coins + gift;
  }
  const unspent = await deps.wallets.readUnspent(tx, occasion);
  if (unspent.paid < paid) {
    const left = moneyFor(sale, row.returned_coins + unspent.paid) - (gone - promised);
    throw new AppError(coinsSpent, {
      details: { requested: promised, refundable: Math.max(0, left), unspentCoin: unspent.paid },
    });
  }
  // A gift that is spent or has expired does not stand in the way of what was paid for.
  const found = Math.min(gift, unspent.gift);
  await deps.wallets.takeBack(tx, { ...occasion, paid, gift: found, shortfall: 'refuse' });
  return row.returned_gift_coins + found;
}

/** Answers how much of the gift is out then: as large a part of what was taken as of the coins. */
async function putBack(
  tx: Tx,
  deps: CoinsDeps,
  row: CoinOrderRow,
  change: Change & { readonly returned: number },
): Promise<number> {
  const { returned } = change;
  const returnedGift = scaleDown(row.returned_gift_coins, returned, row.returned_coins);
  await deps.wallets.giveBack(tx, {
    ...occasionOf(row, change),
    paid: row.returned_coins - returned,
    gift: row.returned_gift_coins - returnedGift,
  });
  return returnedGift;
}
