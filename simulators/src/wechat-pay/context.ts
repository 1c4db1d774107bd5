import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Notifier } from '../notifier.ts';
import type { Payers } from '../payers.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Store } from '../store.ts';
import type { Openids } from '../wechat-identity/openids.ts';
import type { Bills } from './bill-files.ts';
import type { KeyRing, WeChatPaySettingsHolder } from './key-ring.ts';
import type { Refunds } from './refunds.ts';
import type { Trades } from './trades.ts';

export const PROVIDER = 'wechat-pay';

/** What trading works with, which is the same however a merchant speaks to WeChat Pay. */
export interface TradingContext {
  /** As fault plans, notifications and tasks name this way to speak. */
  provider: string;
  store: Store;
  clock: Clock;
  faults: Faults;
  scheduler: Scheduler;
  notifier: Notifier;
  payers: Payers;
  openids: Openids;
  trades: Trades;
  refunds: Refunds;
  /** How long a refund stays PROCESSING, before the time scale. */
  refundSettleMs(): number;
  /** Where a refund without an address of its own is told; nowhere when null. */
  platformRefundNotifyUrl(): string | null;
  strictNotifyUrl(): boolean;
  /** Known once the listeners are bound. */
  addresses(): { control: string; wechatPay: string; wechatOpen: string };
}

/** What the operations of the simulated WeChat Pay v3 work with. */
export interface WeChatPayContext extends TradingContext {
  settings: WeChatPaySettingsHolder;
  ring: KeyRing;
  bills: Bills;
}
