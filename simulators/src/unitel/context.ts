import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Store } from '../store.ts';
import type { Account } from './account.ts';
import type { Sends } from './sends.ts';
import type { Subscribers } from './subscribers.ts';
import type { Tokens } from './tokens.ts';
import type { UnitelSettingsHolder } from './unitel-settings.ts';

export const PROVIDER = 'unitel';

/** What the operations of the simulated Unitel work with. */
export interface UnitelContext {
  store: Store;
  clock: Clock;
  faults: Faults;
  account: Account;
  settings: UnitelSettingsHolder;
  tokens: Tokens;
  subscribers: Subscribers;
  sends: Sends;
  /** Where it listens; known once it is bound. */
  baseUrl(): string;
}
