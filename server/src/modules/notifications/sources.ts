/**
 * Which events customers are told of. One more is one entry here, its facts in notice.ts and its words in texts.ts.
 */
import type { Reader } from '../../kernel/db/index.ts';
import type { EventDefinition, EventPayload } from '../../kernel/events/index.ts';
import { type CoinsCredited, type CoinsReturned, coinsCredited, coinsReturned } from '../coins/index.ts';
import { type RewardEvent, rewardCredited, rewardTakenBack } from '../invites/index.ts';
import {
  type OrderEvent,
  orderCancelled,
  orderClosedEvent,
  orderConfirmed,
  orderDelivered,
  orderShipped,
} from '../orders/index.ts';
import { type RefundEvent, refundSucceeded } from '../payments/index.ts';
import { type TopupEvent, topupDelivered, topupFailed, topupUndecided } from '../topups/index.ts';
import { type WalletChanged, walletChanged } from '../wallet/index.ts';
import type { Notice } from './notice.ts';

/** An event, and the notice that comes of it. */
export interface NoticeSource<D = unknown> {
  readonly event: EventDefinition<D>;
  /** Whether anybody is to be told at all; asked in the transaction of the event, which writes no job otherwise. */
  readonly concerns?: (data: D) => boolean;
  /** Reads what the event does not say; `undefined` where there is nobody to tell after all. */
  toNotice(db: Reader, event: EventPayload<D>): Promise<Notice | undefined>;
}

// The list holds sources of different events; each is only ever handed the data of its own.
function source<D>(entry: NoticeSource<D>): NoticeSource {
  return entry as unknown as NoticeSource;
}

type OrderNoticeType = 'order.confirmed' | 'order.shipped' | 'order.delivered' | 'order.closed';

function ofOrder(event: EventDefinition<OrderEvent>, type: OrderNoticeType): NoticeSource {
  return source<OrderEvent>({
    event,
    // What the program delivers itself is there soon after it was paid, and that is told.
    concerns: ({ kind }) => type !== 'order.confirmed' || kind === 'goods',
    async toNotice(_db, { data: { orderId, orderNumber, customerId } }) {
      return { customerId, type, subject: { type: 'order', id: orderId }, facts: { orderNumber } };
    },
  });
}

function ofReward(
  event: EventDefinition<RewardEvent>,
  type: 'reward.credited' | 'reward.taken_back',
): NoticeSource {
  return source<RewardEvent>({
    event,
    async toNotice(_db, { data: { rewardId, customerId, amount, currency } }) {
      const subject = { type: 'invite_reward', id: rewardId };
      return { customerId, type, subject, facts: { amount, currency } };
    },
  });
}

function ofTopup(
  event: EventDefinition<TopupEvent>,
  type: 'topup.delivered' | 'topup.failed' | 'topup.undecided',
): NoticeSource {
  return source<TopupEvent>({
    event,
    async toNotice(_db, { data: { topupId, customerId, operator, name } }) {
      return { customerId, type, subject: { type: 'topup', id: topupId }, facts: { operator, name } };
    },
  });
}

/** Every source, in no order. */
export const noticeSources: readonly NoticeSource[] = [
  ofOrder(orderConfirmed, 'order.confirmed'),
  ofOrder(orderShipped, 'order.shipped'),
  ofOrder(orderDelivered, 'order.delivered'),
  ofOrder(orderClosedEvent, 'order.closed'),
  source<OrderEvent>({
    event: orderCancelled,
    async toNotice(_db, { data: { orderId, orderNumber, customerId, paymentStatus } }) {
      const facts = { orderNumber, wasPaid: paymentStatus !== 'unpaid' };
      return { customerId, type: 'order.cancelled', subject: { type: 'order', id: orderId }, facts };
    },
  }),
  source<CoinsCredited>({
    event: coinsCredited,
    async toNotice(_db, { data: { orderId, customerId, coins, giftCoins } }) {
      const subject = { type: 'order', id: orderId };
      return { customerId, type: 'coins.credited', subject, facts: { coins, giftCoins } };
    },
  }),
  source<CoinsReturned>({
    event: coinsReturned,
    async toNotice(_db, { data: { orderId, customerId, changedCoins, changedGiftCoins } }) {
      const type = changedCoins > 0 ? 'coins.taken_back' : 'coins.given_back';
      const facts = { coins: Math.abs(changedCoins), giftCoins: Math.abs(changedGiftCoins) };
      return { customerId, type, subject: { type: 'order', id: orderId }, facts };
    },
  }),
  source<WalletChanged>({
    event: walletChanged,
    // Everything else that changes a wallet is told where it comes from, or was done by the customer.
    concerns: ({ type }) => type === 'expiry' || type === 'adjustment',
    async toNotice(_db, { data: { customerId, type, currency, paid, gift, transactionId } }) {
      const subject = { type: 'wallet', id: transactionId };
      return type === 'expiry'
        ? { customerId, type: 'wallet.gift_expired', subject, facts: { amount: 0 - gift, currency } }
        : { customerId, type: 'wallet.adjusted', subject, facts: { amount: paid + gift, currency } };
    },
  }),
  ofTopup(topupDelivered, 'topup.delivered'),
  ofTopup(topupFailed, 'topup.failed'),
  ofTopup(topupUndecided, 'topup.undecided'),
  ofReward(rewardCredited, 'reward.credited'),
  ofReward(rewardTakenBack, 'reward.taken_back'),
  source<RefundEvent>({
    event: refundSucceeded,
    async toNotice(db, { data: { purpose, amount, isSurplus, to } }) {
      const order = await db.query
        .selectFrom('orders')
        .select(['customer_id', 'order_number'])
        .where('id', '=', purpose.id)
        .executeTakeFirst();
      return (
        order && {
          customerId: order.customer_id,
          type: 'refund.succeeded',
          subject: purpose,
          facts: {
            ...{ orderNumber: order.order_number, ...amount, isSurplus },
            isStoreCredit: to === 'store_credit',
          },
        }
      );
    },
  }),
];
