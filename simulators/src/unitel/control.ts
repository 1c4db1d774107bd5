import { controlError } from '../control-error.ts';
import type { UnitelContext } from './context.ts';
import type { Send, SendCounts } from './sends.ts';
import type { Subscriber } from './subscribers.ts';
import type { UnitelSettings } from './unitel-settings.ts';

/** What the operator would give to a shop. */
export interface UnitelAccount {
  username: string;
  password: string;
  apiBaseUrl: string;
}

/** What people and tests do to the simulated Unitel, and see of it. */
export interface UnitelControl {
  account(): UnitelAccount;
  settings(): Readonly<UnitelSettings>;
  changeSettings(patch: { [Key in keyof UnitelSettings]?: UnitelSettings[Key] | undefined }): UnitelSettings;
  /** All tokens end now. */
  revokeTokens(): { revoked: number };
  subscriber(msisdn: string): Subscriber;
  changeSubscriber(
    msisdn: string,
    change: { kind?: Subscriber['kind'] | undefined; unpaid?: number | undefined },
  ): Subscriber;
  /** Requests to deliver, newest first, carried out or not. */
  listSends(filter?: {
    journalId?: string | undefined;
    msisdn?: string | undefined;
    limit?: number | undefined;
  }): Send[];
  /** How many came, and the most that came under one `journal_id`. */
  countSends(): SendCounts;
}

export function createUnitelControl(context: UnitelContext): UnitelControl {
  const { account, settings, tokens, subscribers, sends } = context;

  function found(msisdn: string, subscriber: Subscriber | undefined): Subscriber {
    if (subscriber === undefined) {
      throw controlError(
        404,
        'subscriber_not_found',
        `"${msisdn}" is not a number of Unitel (80, 86, 88, 89).`,
      );
    }
    return subscriber;
  }

  return {
    account: () => ({ ...account, apiBaseUrl: `${context.baseUrl()}/api/v1` }),
    settings: () => settings.current(),
    changeSettings: (patch) => settings.change(patch),
    revokeTokens: () => ({ revoked: tokens.revoke() }),
    subscriber: (msisdn) => found(msisdn, subscribers.find(msisdn)),
    changeSubscriber(msisdn, { kind, unpaid }) {
      const change = { ...(kind !== undefined && { kind }), ...(unpaid !== undefined && { unpaid }) };
      return found(msisdn, subscribers.change(msisdn, change));
    },
    listSends: (filter) => sends.list(filter),
    countSends: () => sends.counts(),
  };
}
