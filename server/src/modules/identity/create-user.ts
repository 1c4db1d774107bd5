import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { initialVersion, recordInitialStates } from '../../kernel/states.ts';
import { emailTaken, usernameTaken } from './errors.ts';
import type { UserRow } from './tables.ts';
import {
  type PreferencesInput,
  type ProfileInput,
  toPreferenceColumns,
  toProfileColumns,
  toSearchText,
  type UserMetadata,
  usernameKey,
} from './user.ts';
import { userMachine } from './user-states.ts';

export const CUSTOMER = 'customer';
export const ADMINISTRATOR = 'administrator';

export interface NewUser {
  /** Chosen by the caller where other rows name it already. */
  readonly id?: string;
  readonly kind: UserRow['kind'];
  readonly role: string;
  /** `null` for those who come through a linked account only. */
  readonly username: string | null;
  readonly email: string | null;
  readonly passwordHash: string | null;
  readonly profile?: ProfileInput | undefined;
  readonly preferences?: PreferencesInput | undefined;
  readonly metadata?: UserMetadata | undefined;
  /** The shop's, where the user prefers none. */
  readonly currency: string;
  /** Who creates the account; the user itself without one. */
  readonly by?: Actor;
}

function toRow(tx: Tx, user: NewUser): UserRow {
  const row: UserRow = {
    id: user.id ?? newId('usr'),
    kind: user.kind,
    username: user.username,
    username_key: user.username === null ? null : usernameKey(user.username),
    email: user.email,
    password_hash: user.passwordHash,
    status: 'active',
    email_verified: 0,
    phone_verified: 0,
    first_name: null,
    last_name: null,
    avatar: null,
    phone: null,
    date_of_birth: null,
    gender: null,
    language: 'en',
    currency: user.currency,
    timezone: 'UTC',
    notifies_by_email: 1,
    notifies_by_sms: 0,
    notifies_by_push: 1,
    metadata: JSON.stringify({ source: 'web', ...user.metadata }),
    search_text: '',
    address_count: 0,
    default_address_id: null,
    last_login_at: null,
    created_at: tx.now,
    version: initialVersion(userMachine),
    updated_at: tx.now,
    ...toProfileColumns(user.profile ?? {}),
    ...toPreferenceColumns(user.preferences ?? {}),
  };
  return { ...row, search_text: toSearchText(row) };
}

/** Writes the user with its role. Throws `username_taken` or `email_taken` (409), decided by the unique keys. */
export async function createUser(tx: Tx, user: NewUser): Promise<UserRow> {
  const row = toRow(tx, user);
  if (!(await tx.insertOnce('users', row))) {
    const holder = await tx.query
      .selectFrom('users')
      .select('id')
      .where('username_key', '=', row.username_key)
      .executeTakeFirst();
    throw new AppError(holder === undefined ? emailTaken : usernameTaken);
  }
  const by = user.by ?? { type: user.kind, id: row.id };
  await recordInitialStates(tx, userMachine, row.id, { status: 'active' }, { by });
  await tx.query
    .insertInto('user_roles')
    .values({ user_id: row.id, role_name: user.role, granted_at: tx.now })
    .execute();
  return row;
}
