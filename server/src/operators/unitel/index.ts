import { type Clock, SECOND_MS } from '../../kernel/clock.ts';
import type { Outbound } from '../../kernel/outbound/index.ts';
import type { Operator } from '../operator.ts';
import { createReadBill } from './bill.ts';
import { unitelCapabilities } from './capabilities.ts';
import { createUnitelClient } from './client.ts';
import { checkSettings, type UnitelSettings } from './config.ts';
import { createDeliver } from './deliver.ts';
import { createListTariffs } from './tariffs.ts';
import { createTokens } from './token.ts';

export type { UnitelSettings } from './config.ts';

/** A customer waits for the answer to a question. */
const ASK_TIMEOUT_MS = 10 * SECOND_MS;

export interface UnitelOperatorDeps {
  readonly settings: UnitelSettings;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** Unitel for one account of a shop. */
export function createUnitelOperator({ outbound, clock, ...deps }: UnitelOperatorDeps): Operator {
  const settings = checkSettings(deps.settings);
  const askTimeoutMs = ASK_TIMEOUT_MS;
  const tokens = createTokens({ settings, outbound, clock, timeoutMs: askTimeoutMs });
  const client = createUnitelClient({ settings, outbound, tokens, askTimeoutMs });
  return {
    capabilities: unitelCapabilities,
    listTariffs: createListTariffs(client),
    readBill: createReadBill(client),
    async prepare() {
      const prepared = await client.prepare();
      return 'permit' in prepared
        ? { outcome: 'ready', permit: prepared.permit }
        : { outcome: 'unavailable', reason: prepared.reason };
    },
    deliver: createDeliver(client, settings),
  };
}
