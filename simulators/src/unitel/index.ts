import type { FastifyInstance } from 'fastify';
import type { ControlRoute } from '../control/route.ts';
import type { Journal } from '../journal.ts';
import { loadAccount } from './account.ts';
import { PROVIDER, type UnitelContext } from './context.ts';
import { createUnitelControl, type UnitelControl } from './control.ts';
import { unitelRoutes } from './control-routes.ts';
import { createUnitelListener } from './listener.ts';
import { UNITEL_FAULTS } from './operations.ts';
import { createSends, SEND_TABLES } from './sends.ts';
import { createSubscribers, SUBSCRIBER_TABLES } from './subscribers.ts';
import { createTokens, TOKEN_TABLES } from './tokens.ts';
import { createUnitelSettings } from './unitel-settings.ts';

export type { UnitelControl } from './control.ts';

export type UnitelDependencies = Pick<UnitelContext, 'store' | 'clock' | 'faults' | 'baseUrl'> & {
  dataDir: string | undefined;
  journal: Journal;
};

/** The simulated mobile operator: its listener, its part of the control API, and its tables for a reset. */
export interface Unitel {
  listener: FastifyInstance;
  control: UnitelControl;
  routes: ControlRoute[];
  tables: readonly string[];
  reset(): void;
}

export function createUnitel({ dataDir, journal, ...dependencies }: UnitelDependencies): Unitel {
  const { store, clock, faults } = dependencies;
  const settings = createUnitelSettings(store);
  const context: UnitelContext = {
    ...dependencies,
    settings,
    account: loadAccount(dataDir),
    tokens: createTokens(store, clock),
    subscribers: createSubscribers(store, clock),
    sends: createSends(store, clock),
  };
  faults.register(PROVIDER, UNITEL_FAULTS);
  const control = createUnitelControl(context);
  return {
    listener: createUnitelListener(context, journal),
    control,
    routes: unitelRoutes(control),
    tables: [...TOKEN_TABLES, ...SUBSCRIBER_TABLES, ...SEND_TABLES],
    reset: () => settings.reset(),
  };
}
