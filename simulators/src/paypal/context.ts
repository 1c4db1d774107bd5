import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Notifier } from '../notifier.ts';
import type { Payers } from '../payers.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Store } from '../store.ts';
import type { Disputes } from './disputes.ts';
import type { MaterialHolder } from './material.ts';
import type { Orders } from './orders.ts';
import type { PaypalSettingsHolder } from './paypal-settings.ts';
import type { Replays } from './replays.ts';
import type { Tokens } from './tokens.ts';

export const PROVIDER = 'paypal';

/** What the operations of the simulated PayPal work with. */
export interface PaypalContext {
  store: Store;
  clock: Clock;
  faults: Faults;
  scheduler: Scheduler;
  notifier: Notifier;
  payers: Payers;
  material: MaterialHolder;
  settings: PaypalSettingsHolder;
  tokens: Tokens;
  orders: Orders;
  disputes: Disputes;
  replays: Replays;
  /** Where it listens; known once it is bound. */
  baseUrl(): string;
}
