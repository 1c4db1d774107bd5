import { z } from 'zod';
import { systemActor } from '../../kernel/actor.ts';
import type { Db, Tx } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { writeAudit } from '../audit/index.ts';
import { setPassword } from './change-password.ts';
import { CUSTOMER, createUser } from './create-user.ts';
import { unlockAccount } from './login-guard.ts';
import { createPasswords } from './passwords.ts';
import { findUser, listUsers, rolesOf, rolesOfAll, type UserFilter } from './queries.ts';
import { createStaff, grantRole } from './staff.ts';
import type { UserRow } from './tables.ts';
import { emailSchema, passwordSchema, toUserView, type UserView, usernameSchema } from './user.ts';

/** Who acts from the command line: whoever may read the database's password is trusted with the accounts. */
const COMMAND_LINE = systemActor('command line');

/** A user to be created; the role `customer` or one for staff. */
export interface AccountRequest {
  readonly username: string;
  readonly email: string | null;
  readonly password: string;
  readonly role: string;
}

const accountInput = z.object({
  username: usernameSchema,
  email: emailSchema.nullable(),
  password: passwordSchema,
});

async function toView(db: Db, user: UserRow): Promise<UserView> {
  return toUserView(user, (await rolesOf(db, user.id)).roles);
}

async function requireUser(db: Db, idOrName: string): Promise<UserRow> {
  const user = await findUser(db, idOrName);
  if (user === undefined) {
    throw new AppError(notFound);
  }
  return user;
}

function audit(tx: Tx, action: string, userId: string, after?: unknown): Promise<void> {
  return writeAudit(tx, {
    actor: COMMAND_LINE,
    action,
    target: { type: 'user', id: userId },
    after,
    ip: null,
  });
}

/**
 * What an operator does to accounts from the command line, beside a running server. Users are named by id, username or
 * e-mail address; an unknown one throws `not_found`. Input that the API would refuse throws a ZodError.
 */
export function createAccountAdministration(deps: { readonly db: Db; readonly currency: string }) {
  const { db, currency } = deps;
  const passwords = createPasswords();

  return {
    async list(filter: Pick<UserFilter, 'kind' | 'search' | 'limit'>): Promise<UserView[]> {
      const { rows } = await listUsers(db, { ...filter, page: 1, sort: '-createdAt' });
      const ids = rows.map(({ id }) => id);
      const roles = await rolesOfAll(db, ids);
      return rows.map((row) => toUserView(row, roles.get(row.id) ?? []));
    },

    /** Throws `username_taken`, `email_taken`, `unknown_role`. */
    async create(request: AccountRequest): Promise<UserView> {
      const { role, ...given } = request;
      const { username, email, password } = accountInput.parse(given);
      const passwordHash = await passwords.hash(password);
      const user = await db.tx('user.create', async (tx) => {
        const common = { role, username, email, passwordHash, currency, by: COMMAND_LINE };
        const created =
          role === CUSTOMER
            ? await createUser(tx, { ...common, kind: 'customer' })
            : await createStaff(tx, common);
        await audit(tx, 'user.create', created.id, { username, role });
        return created;
      });
      return toView(db, user);
    },

    /** Lifts every lock-out of the user, also those of the networks on which it had failed. */
    async unlock(idOrName: string): Promise<UserView> {
      const user = await requireUser(db, idOrName);
      await db.tx('user.unlock', async (tx) => {
        await unlockAccount(tx, user.id);
        await audit(tx, 'user.unlock', user.id);
      });
      return toView(db, user);
    },

    /** Sets the password, ends every session and lifts the lock-out. */
    async setPassword(idOrName: string, password: string): Promise<UserView> {
      const user = await requireUser(db, idOrName);
      const passwordHash = await passwords.hash(passwordSchema.parse(password));
      await db.tx('user.set_password', async (tx) => {
        await setPassword(tx, user.id, passwordHash);
        await unlockAccount(tx, user.id);
        await audit(tx, 'user.set_password', user.id);
      });
      return toView(db, user);
    },

    /** Gives the user a role for staff. Throws `unknown_role`. */
    async grantRole(idOrName: string, role: string): Promise<UserView> {
      const user = await requireUser(db, idOrName);
      await db.tx('user.grant_role', async (tx) => {
        await grantRole(tx, user, role);
        await audit(tx, 'user.grant_role', user.id, { role });
      });
      return toView(db, await requireUser(db, user.id));
    },
  };
}

export type AccountAdministration = ReturnType<typeof createAccountAdministration>;
