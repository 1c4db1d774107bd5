import type { Db } from '../../kernel/db/index.ts';
import { AppError, type Locale } from '../../kernel/errors.ts';
import { CUSTOMER, createUser } from './create-user.ts';
import { emailTaken, usernameTaken } from './errors.ts';
import type { Passwords } from './passwords.ts';
import { beginSession, type Origin, type StartedSession } from './sessions.ts';
import {
  isReservedName,
  type PreferencesInput,
  type ProfileInput,
  type UserMetadata,
  usernameKey,
} from './user.ts';
import { type AcceptInvite, welcomeCustomer } from './welcome.ts';

export interface Registration {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly profile?: ProfileInput | undefined;
  readonly preferences?: PreferencesInput | undefined;
  readonly metadata?: UserMetadata | undefined;
  /** Of whoever has invited them. */
  readonly inviteCode?: string | undefined;
}

export interface RegistrationDeps {
  readonly db: Db;
  readonly passwords: Passwords;
  readonly refreshMs: number;
  readonly currency: string;
  readonly acceptInvite: AcceptInvite;
}

/** Spares the hashing where the name is taken already; the unique keys decide all the same. */
async function assertFree(db: Db, username: string, email: string): Promise<void> {
  const holders = await db.query
    .selectFrom('users')
    .select(['username_key', 'email'])
    .where((eb) => eb.or([eb('username_key', '=', usernameKey(username)), eb('email', '=', email)]))
    .execute();
  if (isReservedName(username) || holders.some((holder) => holder.username_key === usernameKey(username))) {
    throw new AppError(usernameTaken);
  }
  if (holders.length > 0) {
    throw new AppError(emailTaken);
  }
}

/** Creates a customer and logs it in. Throws `username_taken`, `email_taken` (409) or `invite_code_unknown` (422). */
export async function register(
  deps: RegistrationDeps,
  registration: Registration,
  origin: Origin,
  locale: Locale,
): Promise<StartedSession> {
  const { username, email, password, profile, preferences, metadata, inviteCode } = registration;
  await assertFree(deps.db, username, email);
  const passwordHash = await deps.passwords.hash(password);
  return deps.db.tx('user.register', async (tx) => {
    const user = await createUser(tx, {
      kind: 'customer',
      role: CUSTOMER,
      username,
      email,
      passwordHash,
      profile,
      preferences: { language: locale, ...preferences },
      metadata,
      currency: deps.currency,
    });
    await welcomeCustomer(tx, deps, user.id, { via: 'password', inviteCode });
    return beginSession(tx, user, origin, { method: 'password', refreshMs: deps.refreshMs });
  });
}
