import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/index.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Orders } from '../orders/index.ts';
import type { Payments } from '../payments/index.ts';
import type { Wallets } from '../wallet/index.ts';

/** What coins ask of others; compose hands it in. */
export interface CoinsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config['coins'];
  /** The currency of packages that name none. */
  readonly currency: string;
  readonly wallets: Pick<Wallets, 'credit' | 'takeBack' | 'giveBack' | 'readUnspent'>;
  readonly orders: Pick<Orders, 'placeVirtualOrder' | 'payOrder' | 'readOwnOrder' | 'delivery'>;
  readonly payments: Pick<Payments, 'readPayments' | 'registerNotificationRoute'>;
}

/** How payments names the order. */
export const toPurpose = (orderId: string) => ({ type: 'order', id: orderId });

/** The cause under which the coins of an order are credited: also what names them when they are taken back. */
export const creditCause = (orderId: string) => `coins:${orderId}`;
