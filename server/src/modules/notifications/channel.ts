import type { Tx } from '../../kernel/db/index.ts';
import type { Notice } from './notice.ts';

/** A notice with the event that it tells of. */
export type ToldNotice = Notice & { readonly eventId: string };

/**
 * A way to reach a customer. `deliver` runs in the transaction that ends the event's job, so it happens for each notice
 * exactly once; a channel that calls somebody outside writes down a job of its own there.
 */
export interface Channel {
  readonly name: string;
  deliver(tx: Tx, notice: ToldNotice): Promise<void>;
}
