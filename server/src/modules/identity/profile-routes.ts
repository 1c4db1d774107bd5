import { z } from 'zod';
import { AppError, notFound, unauthenticated } from '../../kernel/errors.ts';
import { type Router, requireCaller } from '../../kernel/http/index.ts';
import {
  type Address,
  addAddress,
  addressChange,
  addressInput,
  addressView,
  changeAddress,
  listAddresses,
  readAddress,
  removeAddress,
} from './addresses.ts';
import { changePassword } from './change-password.ts';
import { changeProfile } from './change-profile.ts';
import { accountLocked, noPassword, tooManyAddresses, wrongCurrentPassword } from './errors.ts';
import { rolesOf } from './queries.ts';
import type { IdentityContext } from './session-routes.ts';
import type { UserRow } from './tables.ts';
import {
  assertBornAlready,
  passwordSchema,
  preferencesInput,
  profileInput,
  toUserView,
  userView,
} from './user.ts';

const TAG = 'Users';

const ownView = userView.extend({
  /** What a staff member may do; empty for customers. */
  permissions: z.array(z.string()),
  addresses: z.array(addressView),
});

async function toOwnView(identity: IdentityContext, user: UserRow): Promise<z.infer<typeof ownView>> {
  const { roles, permissions } = await rolesOf(identity.db, user.id);
  const addresses = await listAddresses(identity.db, user.id);
  return { ...toUserView(user, roles), permissions: [...permissions], addresses };
}

/** One's own account: profile, preferences, password and addresses. */
export function registerProfileRoutes(router: Router, identity: IdentityContext): void {
  addMe(router, identity);
  addPassword(router, identity);
  addAddressList(router, identity);
  addAddressChanges(router, identity);
}

function addMe(router: Router, identity: IdentityContext): void {
  const { db, clock } = identity;
  router.route(
    {
      method: 'GET',
      url: '/users/me',
      summary: 'Your own account',
      tag: TAG,
      access: 'user',
      data: ownView,
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const user = await db.query.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
      if (user === undefined) {
        throw new AppError(unauthenticated);
      }
      return toOwnView(identity, user);
    },
  );

  router.route(
    {
      method: 'PATCH',
      url: '/users/me',
      summary: 'Change your profile or preferences',
      description: 'What is left out stays as it is; null takes a field of the profile back.',
      tag: TAG,
      access: 'user',
      body: z.strictObject({ profile: profileInput.optional(), preferences: preferencesInput.optional() }),
      data: ownView,
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const { body } = context;
      assertBornAlready(body.profile ?? {}, clock.now(), context.locale);
      const user = await db.tx('user.change_profile', (tx) => changeProfile(tx, userId, body));
      return toOwnView(identity, user);
    },
  );
}

function addPassword(router: Router, identity: IdentityContext): void {
  router.route(
    {
      method: 'POST',
      url: '/users/me/password',
      summary: 'Change your password and end all other sessions',
      tag: TAG,
      access: 'user',
      body: z.strictObject({ currentPassword: z.string().min(1).max(128), newPassword: passwordSchema }),
      data: z.null(),
      errors: [wrongCurrentPassword, noPassword, accountLocked],
      rateLimit: { points: 20, perSeconds: 60 },
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const sessionId = await identity.callers.sessionOf(context.request.headers.authorization);
      const change = { ...context.body, userId, sessionId, ip: context.ip };
      await changePassword(identity, identity.inTurn, change);
      identity.callers.forget(userId);
      return null;
    },
  );
}

const addressParams = z.strictObject({ id: z.string().max(64) });

function addAddressList(router: Router, { db }: IdentityContext): void {
  router.route(
    {
      method: 'GET',
      url: '/users/me/addresses',
      summary: 'Your addresses, oldest first',
      tag: TAG,
      access: 'user',
      data: z.object({ items: z.array(addressView) }),
    },
    async (context) => ({ items: await listAddresses(db, requireCaller(context).userId) }),
  );

  router.route(
    {
      method: 'GET',
      url: '/users/me/addresses/:id',
      summary: 'One of your addresses',
      tag: TAG,
      access: 'user',
      params: addressParams,
      data: addressView,
      errors: [notFound],
    },
    async (context): Promise<Address> => {
      const address = await readAddress(db, requireCaller(context).userId, context.params.id);
      if (address === undefined) {
        throw new AppError(notFound);
      }
      return address;
    },
  );
}

function addAddressChanges(router: Router, { db }: IdentityContext): void {
  router.route(
    {
      method: 'POST',
      url: '/users/me/addresses',
      summary: 'Add an address; the first one becomes the default',
      tag: TAG,
      access: 'user',
      body: addressInput,
      data: addressView,
      status: 201,
      errors: [tooManyAddresses],
    },
    async (context) => {
      const { userId } = requireCaller(context);
      return db.tx('address.add', (tx) => addAddress(tx, userId, context.body));
    },
  );

  router.route(
    {
      method: 'PATCH',
      url: '/users/me/addresses/:id',
      summary: 'Change an address, or make it the default',
      tag: TAG,
      access: 'user',
      params: addressParams,
      body: addressChange,
      data: addressView,
      errors: [notFound],
    },
    async (context) => {
      const { userId } = requireCaller(context);
      return db.tx('address.change', (tx) => changeAddress(tx, userId, context.params.id, context.body));
    },
  );

  router.route(
    {
      method: 'DELETE',
      url: '/users/me/addresses/:id',
      summary: 'Remove an address',
      tag: TAG,
      access: 'user',
      params: addressParams,
      data: z.null(),
      errors: [notFound],
    },
    async (context) => {
      const { userId } = requireCaller(context);
      await db.tx('address.remove', (tx) => removeAddress(tx, userId, context.params.id));
      return null;
    },
  );
}
