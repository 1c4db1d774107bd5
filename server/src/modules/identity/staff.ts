import { systemActor } from '../../kernel/actor.ts';
import type { Db, Reader, Tx } from '../../kernel/db/index.ts';
import { AppError, isError } from '../../kernel/errors.ts';
import type { Caller } from '../../kernel/http/index.ts';
import { ADMINISTRATOR, createUser, type NewUser } from './create-user.ts';
import { exceedsOwnPermissions, unknownRole, usernameTaken } from './errors.ts';
import type { Passwords } from './passwords.ts';
import { rolesOf } from './queries.ts';
import type { RoleRow, UserRow } from './tables.ts';

const ADMINISTRATOR_NAME = 'admin';

/** Every role. */
export function listRoles(db: Reader): Promise<RoleRow[]> {
  return db.query.selectFrom('roles').selectAll().orderBy('name').execute();
}

/** A role for staff. Throws `unknown_role` (422). */
export async function readStaffRole(db: Reader, name: string): Promise<RoleRow> {
  const role = await db.query.selectFrom('roles').selectAll().where('name', '=', name).executeTakeFirst();
  if (role?.is_staff !== 1) {
    throw new AppError(unknownRole);
  }
  return role;
}

/** Nobody gives away, or takes from others, more than they have. Throws `exceeds_own_permissions` (403). */
export function assertWithinOwn(caller: Caller, permissions: readonly string[]): void {
  const has = (permission: string) =>
    caller.permissions.includes('*') || caller.permissions.includes(permission);
  if (!permissions.every(has)) {
    throw new AppError(exceedsOwnPermissions);
  }
}

/** Throws `exceeds_own_permissions` (403) where the user may do something that the caller may not. */
export async function assertMayManage(db: Reader, caller: Caller, user: UserRow): Promise<void> {
  const { permissions } = await rolesOf(db, user.id);
  assertWithinOwn(caller, permissions);
}

/** Gives a user a role for staff, with which it becomes staff. Throws `unknown_role` (422). */
export async function grantRole(tx: Tx, user: UserRow, roleName: string): Promise<void> {
  await readStaffRole(tx, roleName);
  await tx.insertOnce('user_roles', { user_id: user.id, role_name: roleName, granted_at: tx.now });
  await tx.query
    .updateTable('users')
    .set({ kind: 'staff', updated_at: tx.now })
    .where('id', '=', user.id)
    .execute();
}

/** Writes a staff member. Throws `username_taken`, `email_taken` (409) and `unknown_role` (422). */
export async function createStaff(tx: Tx, member: Omit<NewUser, 'kind'>): Promise<UserRow> {
  await readStaffRole(tx, member.role);
  return createUser(tx, { ...member, kind: 'staff' });
}

/**
 * Creates the first administrator, `admin`, unless there is an administrator; answers whether it did. Harmless at every
 * start and on several nodes at once.
 */
export async function ensureAdministrator(
  deps: { readonly db: Db; readonly passwords: Passwords; readonly currency: string },
  password: string,
): Promise<boolean> {
  const existing = await deps.db.query
    .selectFrom('user_roles')
    .select('user_id')
    .where('role_name', '=', ADMINISTRATOR)
    .executeTakeFirst();
  if (existing !== undefined) {
    return false;
  }
  const passwordHash = await deps.passwords.hash(password);
  try {
    await deps.db.tx('user.ensure_administrator', (tx) =>
      createStaff(tx, {
        role: ADMINISTRATOR,
        username: ADMINISTRATOR_NAME,
        email: null,
        passwordHash,
        currency: deps.currency,
        by: systemActor('start'),
      }),
    );
    return true;
  } catch (error) {
    if (isError(error, usernameTaken)) {
      return false;
    }
    throw error;
  }
}
