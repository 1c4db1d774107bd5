/**
 * Fixes who has invited a customer. Invariant: once, when the customer is created, and never oneself. The inviter is there
 * before the customer, and no row is ever changed, so that no chain of invitations leads back to where it began;
 * `generation` makes that checkable: it is one more than the inviter's (doctor), and a circle would have to fall somewhere.
 *
 * Crash story: it stands in the transaction that creates the customer. Both are there, or neither.
 */
import { insertRow, type Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { type AcceptInvite, inviteCodeUnknown } from '../identity/index.ts';
import { normaliseCode } from './code.ts';

/** Throws `invite_code_unknown` (422), also for the code of an account that is not active any more. */
export const acceptInvite: AcceptInvite = async (tx, { inviteeId, code: written }) => {
  const code = normaliseCode(written);
  const inviter = await tx.query
    .selectFrom('invite_codes')
    .innerJoin('users', 'users.id', 'invite_codes.customer_id')
    .select('users.id as id')
    .where('invite_codes.code', '=', code)
    .where('users.status', '=', 'active')
    .executeTakeFirst();
  if (inviter === undefined) {
    throw new AppError(inviteCodeUnknown);
  }
  const generation = (await readGeneration(tx, inviter.id)) + 1;
  const row = { id: inviteeId, inviter_id: inviter.id, code, generation, created_at: tx.now };
  await insertRow(tx, 'invites', row);
};

/** 0 for somebody whom nobody has invited. */
async function readGeneration(tx: Tx, customerId: string): Promise<number> {
  const row = await tx.query
    .selectFrom('invites')
    .select('generation')
    .where('id', '=', customerId)
    .executeTakeFirst();
  return row?.generation ?? 0;
}
