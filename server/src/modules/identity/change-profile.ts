import type { Tx } from '../../kernel/db/index.ts';
import { AppError, unauthenticated } from '../../kernel/errors.ts';
import type { UserRow } from './tables.ts';
import {
  type PreferencesInput,
  type ProfileInput,
  toPreferenceColumns,
  toProfileColumns,
  toSearchText,
} from './user.ts';

/** Changes what is given of the profile and the preferences; answers the user as it stands now. */
export async function changeProfile(
  tx: Tx,
  userId: string,
  change: {
    readonly profile?: ProfileInput | undefined;
    readonly preferences?: PreferencesInput | undefined;
  },
): Promise<UserRow> {
  const user = await tx.lock('users', userId);
  if (user === undefined || user.status === 'deleted') {
    throw new AppError(unauthenticated);
  }
  const columns = {
    ...toProfileColumns(change.profile ?? {}, user),
    ...toPreferenceColumns(change.preferences ?? {}),
    updated_at: tx.now,
  };
  const changed: UserRow = { ...user, ...columns };
  await tx.query
    .updateTable('users')
    .set({ ...columns, search_text: toSearchText(changed) })
    .where('id', '=', userId)
    .execute();
  return changed;
}
