import type { Config } from '../../kernel/config/index.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { SubscriberTable } from '../../kernel/events/index.ts';
import type { Wallets } from '../wallet/index.ts';

/** What invitations and rewards ask of others; compose hands it in. */
export interface InvitesDeps {
  readonly db: Db;
  readonly subscribers: SubscriberTable;
  readonly wallets: Pick<Wallets, 'credit' | 'takeBack' | 'giveBack'>;
  readonly config: Config['invites'];
}
