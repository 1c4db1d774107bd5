import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db/index.ts';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { readHistory } from '../../kernel/history.ts';
import { actorOf, listOf, pagingQuery, type Router, requireCaller } from '../../kernel/http/index.ts';
import { writeAudit } from '../audit/index.ts';
import { addressView, listAddresses } from './addresses.ts';
import { listAccounts } from './answers.ts';
import { changeStatus } from './change-status.ts';
import { openidsOf } from './linked-accounts.ts';
import { readLock, unlockAccount } from './login-guard.ts';
import { rolesOf, USER_SORTS } from './queries.ts';
import type { IdentityContext } from './session-routes.ts';
import type { UserRow } from './tables.ts';
import { metadataInput, toUserView, type UserMetadata, userView } from './user.ts';

const TAG = 'Administration';

export const userParams = z.strictObject({ id: z.string().max(64) });

export const userListQuery = z.strictObject({
  page: pagingQuery.page,
  limit: pagingQuery.limit,
  sort: z.enum(USER_SORTS).default('-createdAt'),
  status: z.enum(['active', 'inactive', 'suspended', 'deleted']).optional(),
  search: z.string().trim().min(1).max(190).optional(),
});

const MOST_IDS = 100;

const customerListQuery = userListQuery.extend({
  /** Those that are already known, with commas between them. */
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1).max(64)).max(MOST_IDS))
    .optional(),
});

export const statusInput = z.strictObject({
  status: z.enum(['active', 'inactive', 'suspended', 'deleted']),
  note: z.string().trim().min(1).max(500).optional(),
});

const customerView = userView.extend({
  lockedUntil: z.string().nullable(),
  metadata: z.object(metadataInput.shape),
  addresses: z.array(addressView),
  linkedAccounts: z.array(z.object({ provider: z.string(), appid: z.string(), openid: z.string() })),
  history: z.array(
    z.object({
      from: z.string().nullable(),
      to: z.string(),
      actor: z.object({ type: z.string(), id: z.string() }),
      note: z.string().nullable(),
      at: z.string(),
    }),
  ),
});

async function toCustomerView(
  { db, clock }: IdentityContext,
  user: UserRow,
): Promise<z.infer<typeof customerView>> {
  const { roles } = await rolesOf(db, user.id);
  return {
    ...toUserView(user, roles),
    lockedUntil: toIso(await readLock(db, user.id, clock.now())),
    metadata: JSON.parse(user.metadata) as UserMetadata,
    addresses: await listAddresses(db, user.id),
    linkedAccounts: await openidsOf(db, user.id),
    history: await readHistory(db, [user.id]),
  };
}

/** Locks a user of this kind. Throws `not_found` (404), so that a permission for customers never reaches staff. */
export async function lockUserOfKind(tx: Tx, id: string, kind: UserRow['kind']): Promise<UserRow> {
  const user = await tx.lock('users', id);
  if (user?.kind !== kind) {
    throw new AppError(notFound);
  }
  return user;
}

async function readCustomer({ db }: IdentityContext, id: string): Promise<UserRow> {
  const user = await db.query.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  if (user?.kind !== 'customer') {
    throw new AppError(notFound);
  }
  return user;
}

/** What staff sees of customers and may do to their accounts. */
export function registerCustomerRoutes(router: Router, identity: IdentityContext): void {
  addReads(router, identity);
  addStatus(router, identity);
  addUnlock(router, identity);
}

function addReads(router: Router, identity: IdentityContext): void {
  const { db, findBuyers } = identity;
  router.route(
    {
      method: 'GET',
      url: '/admin/customers',
      summary: 'Customers, by any part of a name, e-mail address, phone number or id, or by an order',
      description:
        'Of an order the whole number or id is needed. A phone number may be written in any way. `ids` are up to 100 known ones, with commas between them.',
      tag: TAG,
      access: 'staff',
      permission: 'customers.read',
      query: customerListQuery,
      data: listOf(userView),
    },
    async ({ query }) => {
      const orFound = query.search === undefined ? [] : await findBuyers(db, query.search);
      return listAccounts(db, { ...query, orFound }, 'customer');
    },
  );

  router.route(
    {
      method: 'GET',
      url: '/admin/customers/:id',
      summary: 'One customer',
      tag: TAG,
      access: 'staff',
      permission: 'customers.read',
      params: userParams,
      data: customerView,
      errors: [notFound],
    },
    async ({ params }) => toCustomerView(identity, await readCustomer(identity, params.id)),
  );
}

function addStatus(router: Router, identity: IdentityContext): void {
  const { db, callers } = identity;
  router.route(
    {
      method: 'PATCH',
      url: '/admin/customers/:id',
      summary: "Change a customer's status",
      description:
        'Any status but active ends all sessions. Deleting erases the personal data and frees the names; orders keep their own snapshots.',
      tag: TAG,
      access: 'staff',
      permission: 'customers.write',
      params: userParams,
      body: statusInput,
      data: customerView,
      errors: [notFound, illegalTransition],
    },
    async (context) => {
      const actor = actorOf(requireCaller(context));
      const { id } = context.params;
      const user = await db.tx('customer.change_status', async (tx) => {
        const before = await lockUserOfKind(tx, id, 'customer');
        const after = await changeStatus(tx, before, { ...context.body, by: actor });
        await writeAudit(tx, {
          actor,
          action: 'customer.change_status',
          target: { type: 'user', id },
          before: { status: before.status },
          after: { status: after.status, note: context.body.note },
          ip: context.ip,
        });
        return after;
      });
      callers.forget(id);
      return toCustomerView(identity, user);
    },
  );
}

function addUnlock(router: Router, identity: IdentityContext): void {
  const { db } = identity;
  router.route(
    {
      method: 'POST',
      url: '/admin/customers/:id/unlock',
      summary: 'Lift the lock-out after failed logins',
      tag: TAG,
      access: 'staff',
      permission: 'customers.write',
      params: userParams,
      data: customerView,
      errors: [notFound],
    },
    async (context) => {
      const actor = actorOf(requireCaller(context));
      const { id } = context.params;
      const user = await db.tx('customer.unlock', async (tx) => {
        const found = await lockUserOfKind(tx, id, 'customer');
        const lockedUntil = await readLock(tx, id, tx.now);
        await unlockAccount(tx, id);
        await writeAudit(tx, {
          actor,
          action: 'customer.unlock',
          target: { type: 'user', id },
          before: { lockedUntil: toIso(lockedUntil) },
          after: { lockedUntil: null },
          ip: context.ip,
        });
        return found;
      });
      return toCustomerView(identity, user);
    },
  );
}
