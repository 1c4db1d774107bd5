import { type SelectQueryBuilder, sql } from 'kysely';
import type { Reader, Schema } from '../../kernel/db/index.ts';
import { COUNT_LIMIT, type Pagination, paginate } from '../../kernel/http/index.ts';
import { gatherRoles } from './callers.ts';
import type { UserRow } from './tables.ts';
import { phoneDigits, usernameKey } from './user.ts';
import type { UserStatus } from './user-states.ts';

/** The user's roles and everything they permit. */
export async function rolesOf(
  db: Reader,
  userId: string,
): Promise<{ readonly roles: readonly string[]; readonly permissions: readonly string[] }> {
  const rows = await db.query
    .selectFrom('user_roles')
    .leftJoin('roles', 'roles.name', 'user_roles.role_name')
    .select(['user_roles.role_name', 'roles.permissions'])
    .where('user_roles.user_id', '=', userId)
    .execute();
  return gatherRoles(rows);
}

/** The roles of several users at once. */
export async function rolesOfAll(
  db: Reader,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (userIds.length === 0) {
    return new Map();
  }
  const rows = await db.query
    .selectFrom('user_roles')
    .select(['user_id', 'role_name'])
    .where('user_id', 'in', [...userIds])
    .orderBy('role_name')
    .execute();
  const byUser = Map.groupBy(rows, ({ user_id }) => user_id);
  return new Map([...byUser].map(([userId, granted]) => [userId, granted.map((role) => role.role_name)]));
}

/** The user with this id, username or e-mail address. */
export async function findUser(db: Reader, idOrName: string): Promise<UserRow | undefined> {
  const name = usernameKey(idOrName);
  return db.query
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb.or([eb('id', '=', idOrName), eb('username_key', '=', name), eb('email', '=', name)]))
    .executeTakeFirst();
}

/** Whether there is such an account, which was not deleted. Staff that has bought for itself is a customer, too. */
export async function hasAccount(db: Reader, id: string): Promise<boolean> {
  const row = await db.query.selectFrom('users').select('status').where('id', '=', id).executeTakeFirst();
  return row !== undefined && row.status !== 'deleted';
}

/** The customers of the order of this number or id, which identity knows nothing of; compose hands it in. */
export type FindBuyers = (db: Reader, order: string) => Promise<readonly string[]>;

export const USER_SORTS = ['createdAt', '-createdAt', 'lastLoginAt', '-lastLoginAt'] as const;

/** Which users, and which page of them. */
export interface UserFilter {
  readonly page: number;
  readonly limit: number;
  readonly sort: (typeof USER_SORTS)[number];
  readonly kind?: UserRow['kind'] | undefined;
  readonly status?: UserStatus | undefined;
  readonly ids?: readonly string[] | undefined;
  /** A part of a name, e-mail address, phone number or id, in any case. */
  readonly search?: string | undefined;
  /** Users who are found by `search` elsewhere. */
  readonly orFound?: readonly string[] | undefined;
}

type UserQuery<O> = SelectQueryBuilder<Schema, 'users', O>;

/** `!` is the escape, because the engines do not agree on the backslash. */
function containing(search: string): string {
  return `%${search.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
}

/** Digits and what people put between them, enough for a phone number or the end of one. */
const PHONE = /^\+?(?:[\s()-]*\d){4,}[\s()-]*$/;

/** The text itself, and the digits of what can be a phone number: people write one number in many ways. */
function spellings(search: string): readonly string[] {
  return PHONE.test(search) ? [search, phoneDigits(search)] : [search];
}

function matching<O>(
  from: UserQuery<O>,
  { kind, status, ids, search, orFound = [] }: UserFilter,
): UserQuery<O> {
  let query = from;
  if (kind !== undefined) {
    query = query.where('kind', '=', kind);
  }
  if (status !== undefined) {
    query = query.where('status', '=', status);
  }
  if (ids !== undefined) {
    query = query.where('id', 'in', [...ids]);
  }
  if (search === undefined) {
    return query;
  }
  const isNamed = spellings(search).map(
    (text) => sql<boolean>`search_text LIKE ${containing(text)} ESCAPE '!'`,
  );
  return query.where((eb) =>
    eb.or([...isNamed, ...(orFound.length === 0 ? [] : [eb('id', 'in', [...orFound])])]),
  );
}

/** One page of users. Those who never logged in sort as the oldest. */
export async function listUsers(
  db: Reader,
  filter: UserFilter,
): Promise<{ readonly rows: readonly UserRow[]; readonly pagination: Pagination }> {
  const counted = await db.query
    .selectFrom(matching(db.query.selectFrom('users').select('id'), filter).limit(COUNT_LIMIT).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const direction = filter.sort.startsWith('-') ? 'desc' : 'asc';
  const rows = await matching(db.query.selectFrom('users').selectAll(), filter)
    .orderBy(
      (eb) =>
        filter.sort.endsWith('lastLoginAt')
          ? eb.fn.coalesce('last_login_at', eb.lit(0))
          : eb.ref('created_at'),
      direction,
    )
    .orderBy('id', direction)
    .limit(filter.limit)
    .offset((filter.page - 1) * filter.limit)
    .execute();
  return { rows, pagination: paginate(filter, Number(counted.total)) };
}
