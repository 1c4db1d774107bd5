import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { transition } from '../../kernel/states.ts';
import { unlockAccount } from './login-guard.ts';
import { revokeSessionsOf } from './sessions.ts';
import type { UserRow } from './tables.ts';
import { type UserStatus, userMachine } from './user-states.ts';

/** Everything about the person; orders keep snapshots of their own, which the law wants kept. */
const ERASED: Partial<UserRow> = {
  username: null,
  username_key: null,
  email: null,
  password_hash: null,
  email_verified: 0,
  phone_verified: 0,
  first_name: null,
  last_name: null,
  avatar: null,
  phone: null,
  date_of_birth: null,
  gender: null,
  metadata: '{}',
  address_count: 0,
  default_address_id: null,
};

async function erasePersonalData(tx: Tx, userId: string): Promise<void> {
  await tx.query.deleteFrom('addresses').where('user_id', '=', userId).execute();
  await tx.query.deleteFrom('linked_accounts').where('user_id', '=', userId).execute();
  await tx.query.deleteFrom('linked_unions').where('user_id', '=', userId).execute();
  await tx.query
    .updateTable('sessions')
    .set({ user_agent: null, ip: null })
    .where('user_id', '=', userId)
    .execute();
  await unlockAccount(tx, userId);
}

/**
 * Moves the user, whose row the caller has locked, to another status. Any but `active` ends all sessions; `deleted` also
 * erases the personal data and frees the names and linked accounts. Throws `illegal_transition` (409).
 */
export async function changeStatus(
  tx: Tx,
  user: UserRow,
  change: { readonly status: UserStatus; readonly by: Actor; readonly note?: string | undefined },
): Promise<UserRow> {
  const { status, by, note } = change;
  const set = status === 'deleted' ? { ...ERASED, search_text: user.id } : {};
  const changed = await transition<UserRow>(tx, userMachine, user, { status }, { by, note, set });
  if (status !== 'active') {
    await revokeSessionsOf(tx, user.id, 'account_not_active');
  }
  if (status === 'deleted') {
    await erasePersonalData(tx, user.id);
  }
  return changed;
}
