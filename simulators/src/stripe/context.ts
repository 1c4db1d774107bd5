import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Notifier } from '../notifier.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Store } from '../store.ts';
import type { AccountHolder } from './account.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { Objects } from './objects.ts';

export const PROVIDER = 'stripe';

/** The version whose shapes are answered and told. */
export const API_VERSION = '2026-10-28.endive';

/** What the operations of the simulated Stripe work with. */
export interface StripeContext {
  store: Store;
  clock: Clock;
  faults: Faults;
  scheduler: Scheduler;
  notifier: Notifier;
  account: AccountHolder;
  objects: Objects;
  keys: IdempotencyKeys;
  /** Known once the listeners are bound. */
  addresses(): { control: string };
}
