/**
 * Who a user is at another provider. An app of the provider knows a person by an openid of its own; a unionid is the
 * same in all apps of one merchant. The unique keys decide who is who: of any number of first logins at once exactly one
 * creates the user, the others find it when their transaction runs again.
 *
 * If two apps were used before the provider told a unionid, two users exist; they are never merged by themselves,
 * because orders and coins hang on both.
 */
import type { Sealer } from '../../kernel/crypto.ts';
import { type Reader, TransactionConflict, type Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { CUSTOMER, createUser } from './create-user.ts';
import type { LinkedAccountRow } from './tables.ts';
import { type PreferencesInput, toSearchText, type UserMetadata } from './user.ts';
import { type AcceptInvite, welcomeCustomer } from './welcome.ts';

/** What a provider said about the person who logs in. */
export interface LinkedLogin {
  /** Such as `wechat`. */
  readonly provider: string;
  readonly appid: string;
  readonly openid: string;
  readonly unionid?: string | undefined;
  /** The provider's session key; stored sealed, the newest one only. */
  readonly sessionKey?: string | undefined;
  readonly preferences?: PreferencesInput | undefined;
  readonly metadata?: UserMetadata | undefined;
  /** Of whoever has invited them; looked at only by the login that creates the user. */
  readonly inviteCode?: string | undefined;
}

export interface LinkedUser {
  readonly userId: string;
  readonly isNew: boolean;
}

export interface LinkingDeps {
  readonly sealer: Sealer;
  readonly currency: string;
  readonly acceptInvite: AcceptInvite;
}

type Sealing = Pick<LinkingDeps, 'sealer'>;

const contextOf = (accountId: string) => `linked_accounts:${accountId}`;

/** Takes the unionid for the user, or answers whose it is already. */
async function claimUnion(tx: Tx, provider: string, unionid: string, userId: string): Promise<string> {
  if (await tx.insertOnce('linked_unions', { provider, unionid, user_id: userId, created_at: tx.now })) {
    return userId;
  }
  const union = await tx.query
    .selectFrom('linked_unions')
    .select('user_id')
    .where('provider', '=', provider)
    .where('unionid', '=', unionid)
    .executeTakeFirst();
  if (union === undefined) {
    throw new TransactionConflict('the unionid was released at the same moment');
  }
  return union.user_id;
}

/** Keeps what a login tells anew of an account that is known. */
async function refreshAccount(
  tx: Tx,
  deps: Sealing,
  account: LinkedAccountRow,
  login: LinkedLogin,
): Promise<void> {
  const { provider, unionid, sessionKey } = login;
  if (unionid !== undefined && account.unionid === null) {
    await claimUnion(tx, provider, unionid, account.user_id);
  }
  await tx.query
    .updateTable('linked_accounts')
    .set({
      unionid: unionid ?? account.unionid,
      session_key:
        sessionKey === undefined ? account.session_key : deps.sealer.seal(sessionKey, contextOf(account.id)),
      updated_at: tx.now,
    })
    .where('id', '=', account.id)
    .execute();
}

async function createLinkedUser(
  tx: Tx,
  deps: LinkingDeps,
  userId: string,
  login: LinkedLogin,
): Promise<void> {
  await createUser(tx, {
    id: userId,
    kind: 'customer',
    role: CUSTOMER,
    username: null,
    email: null,
    passwordHash: null,
    preferences: login.preferences,
    metadata: { source: login.provider, ...login.metadata },
    currency: deps.currency,
  });
  await welcomeCustomer(tx, deps, userId, { via: 'linked_account', inviteCode: login.inviteCode });
}

async function findAccount(tx: Tx, login: LinkedLogin): Promise<LinkedAccountRow | undefined> {
  return tx.query
    .selectFrom('linked_accounts')
    .selectAll()
    .where('provider', '=', login.provider)
    .where('appid', '=', login.appid)
    .where('openid', '=', login.openid)
    .executeTakeFirst();
}

async function linkAccount(tx: Tx, deps: Sealing, login: LinkedLogin, userId: string): Promise<void> {
  const { provider, appid, openid, unionid, sessionKey } = login;
  const id = newId('lnk');
  const isLinked = await tx.insertOnce('linked_accounts', {
    id,
    user_id: userId,
    provider,
    appid,
    openid,
    unionid: unionid ?? null,
    session_key: sessionKey === undefined ? null : deps.sealer.seal(sessionKey, contextOf(id)),
    created_at: tx.now,
    updated_at: tx.now,
  });
  if (!isLinked) {
    throw new TransactionConflict('the account was linked at the same moment');
  }
}

/**
 * Finds the user of the account by its openid, else by its unionid, else creates one; links the account. Throws
 * `invite_code_unknown` (422) where it would create one.
 */
export async function findOrCreateLinkedUser(
  tx: Tx,
  deps: LinkingDeps,
  login: LinkedLogin,
): Promise<LinkedUser> {
  const known = await findAccount(tx, login);
  if (known !== undefined) {
    await refreshAccount(tx, deps, known, login);
    return { userId: known.user_id, isNew: false };
  }
  const { provider, unionid } = login;
  const freshId = newId('usr');
  const userId = unionid === undefined ? freshId : await claimUnion(tx, provider, unionid, freshId);
  await linkAccount(tx, deps, login, userId);
  if (userId === freshId) {
    await createLinkedUser(tx, deps, userId, login);
  }
  return { userId, isNew: userId === freshId };
}

/**
 * Keeps what a provider said about a person who is not logging in by it. An account that is known is refreshed, whoever
 * asks; another one becomes the account of `userId`, unless that user has one in this app already or the unionid stands
 * for somebody else. Nothing is kept where nobody is named.
 */
export async function keepLinkedAccount(
  tx: Tx,
  deps: Sealing,
  login: LinkedLogin,
  userId: string | null,
): Promise<void> {
  const known = await findAccount(tx, login);
  if (known !== undefined) {
    await refreshAccount(tx, deps, known, login);
    return;
  }
  if (userId === null) {
    return;
  }
  // Held so that two accounts of one app that come at the same moment are not both linked.
  await tx.hold('users', userId);
  const { provider, appid, unionid } = login;
  const accounts = await openidsOf(tx, userId);
  if (accounts.some((account) => account.provider === provider && account.appid === appid)) {
    return;
  }
  if (unionid === undefined || (await claimUnion(tx, provider, unionid, userId)) === userId) {
    await linkAccount(tx, deps, login, userId);
  }
}

/** An account of a user at another provider. */
export interface LinkedAccount {
  readonly provider: string;
  readonly appid: string;
  readonly openid: string;
}

/** The accounts of the user, oldest first. */
export async function openidsOf(db: Reader, userId: string): Promise<LinkedAccount[]> {
  return db.query
    .selectFrom('linked_accounts')
    .select(['provider', 'appid', 'openid'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Stores a phone number that the provider vouches for. Throws when there is no such user. */
export async function setVerifiedPhone(tx: Tx, userId: string, phone: string): Promise<void> {
  const user = await tx.lock('users', userId);
  if (user === undefined) {
    throw new Error(`there is no user ${userId}`);
  }
  await tx.query
    .updateTable('users')
    .set({ phone, phone_verified: 1, search_text: toSearchText({ ...user, phone }), updated_at: tx.now })
    .where('id', '=', userId)
    .execute();
}
