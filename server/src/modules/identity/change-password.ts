import type { Tx } from '../../kernel/db/index.ts';
import { AppError, unauthenticated } from '../../kernel/errors.ts';
import { noPassword, wrongCurrentPassword } from './errors.ts';
import { type AccountQueue, checkPassword, type LoginDeps } from './log-in.ts';
import { revokeSessionsOf } from './sessions.ts';

export interface PasswordChange {
  readonly userId: string;
  /** The session that asks for it, which goes on. */
  readonly sessionId: string;
  readonly ip: string;
  readonly currentPassword: string;
  readonly newPassword: string;
}

async function storeHash(tx: Tx, userId: string, passwordHash: string, keep?: string): Promise<void> {
  await tx.query
    .updateTable('users')
    .set({ password_hash: passwordHash, updated_at: tx.now })
    .where('id', '=', userId)
    .execute();
  await revokeSessionsOf(tx, userId, 'password_changed', keep === undefined ? {} : { keep });
}

/**
 * Changes one's own password and ends all other sessions. Throws `wrong_current_password` (422), `no_password` (409), and
 * what the lock-out throws: a stolen session must not be a way to guess.
 */
export async function changePassword(
  deps: Omit<LoginDeps, 'refreshMs'>,
  inTurn: AccountQueue,
  change: PasswordChange,
): Promise<void> {
  const { userId, sessionId, currentPassword, newPassword } = change;
  const user = await deps.db.query
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', userId)
    .executeTakeFirst();
  if (user === undefined || user.password_hash === null) {
    throw new AppError(noPassword);
  }
  const stored = user.password_hash;
  const source = { account: userId, ip: change.ip };
  await inTurn(userId, () =>
    checkPassword(deps, { password: currentPassword, stored, source }, wrongCurrentPassword),
  );
  const passwordHash = await deps.passwords.hash(newPassword);
  await deps.db.tx('user.change_password', async (tx) => {
    const current = await tx.lock('users', userId);
    if (current?.status !== 'active') {
      throw new AppError(unauthenticated);
    }
    if (current.password_hash !== stored) {
      throw new AppError(wrongCurrentPassword);
    }
    await storeHash(tx, userId, passwordHash, sessionId);
  });
}

/** Stores a password without asking for the current one, and ends every session. */
export async function setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.lock('users', userId);
  await storeHash(tx, userId, passwordHash);
}
