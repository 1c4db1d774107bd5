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

/** What the operations of the simulated WeChat Pay work with. */
export interface WeChatPayContext {
  store: Store;
  clock: Clock;
  faults: Faults;
  scheduler: Scheduler;
  notifier: Notifier;
  payers: Payers;
  openids: Openids;
  settings: WeChatPaySettingsHolder;
  ring: KeyRing;
  trades: Trades;
  refunds: Refunds;
  bills: Bills;
  strictNotifyUrl(): boolean;
  /** Known once the listeners are bound. */
  addresses(): { control: string; wechatPay: string; wechatOpen: string };
}
