import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Notifier } from '../notifier.ts';
import type { Payers } from '../payers.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Store } from '../store.ts';
import type { BillLinks } from './bill-links.ts';
import type { Material, MaterialHolder } from './material.ts';
import type { Refunds } from './refunds.ts';
import type { AlipaySettingsHolder } from './settings.ts';
import type { Trades } from './trades.ts';

export const PROVIDER = 'alipay';

/** What the operations of the simulated Alipay work with. */
export interface AlipayContext {
  store: Store;
  clock: Clock;
  faults: Faults;
  scheduler: Scheduler;
  notifier: Notifier;
  payers: Payers;
  settings: AlipaySettingsHolder;
  holder: MaterialHolder;
  trades: Trades;
  refunds: Refunds;
  links: BillLinks;
  strictNotifyUrl(): boolean;
  /** Known once the listeners are bound. */
  addresses(): { control: string; alipay: string };
}

export function materialOf(context: AlipayContext): Readonly<Material> {
  return context.holder.current();
}
