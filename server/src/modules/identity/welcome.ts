import type { Tx } from '../../kernel/db/index.ts';
import { publish } from '../../kernel/events/index.ts';
import { userRegistered } from './events.ts';

/**
 * Fixes by whose code a customer has come, in the transaction that creates them. Throws `invite_code_unknown` (422); the
 * customer is then not created.
 */
export type AcceptInvite = (
  tx: Tx,
  invite: { readonly inviteeId: string; readonly code: string },
) => Promise<void>;

/** How a new customer has come. */
export interface Arrival {
  readonly via: 'password' | 'linked_account';
  readonly inviteCode?: string | undefined;
}

/** What every new customer goes through, however they have come. Throws `invite_code_unknown` (422). */
export async function welcomeCustomer(
  tx: Tx,
  { acceptInvite }: { readonly acceptInvite: AcceptInvite },
  customerId: string,
  { via, inviteCode }: Arrival,
): Promise<void> {
  if (inviteCode !== undefined) {
    await acceptInvite(tx, { inviteeId: customerId, code: inviteCode });
  }
  await publish(tx, userRegistered, customerId, { via });
}
