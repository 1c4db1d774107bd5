import { z } from 'zod';
import { AppError, illegalTransition, notFound } from '../../kernel/errors.ts';
import { actorOf, listOf, type Router, requireCaller } from '../../kernel/http/index.ts';
import { writeAudit } from '../audit/index.ts';
import { listAccounts } from './answers.ts';
import { changeStatus } from './change-status.ts';
import { lockUserOfKind, statusInput, userListQuery, userParams } from './customer-routes.ts';
import {
  cannotChangeYourself,
  emailTaken,
  exceedsOwnPermissions,
  unknownRole,
  usernameTaken,
} from './errors.ts';
import { unlockAccount } from './login-guard.ts';
import { rolesOf } from './queries.ts';
import type { IdentityContext } from './session-routes.ts';
import { assertMayManage, assertWithinOwn, createStaff, listRoles, readStaffRole } from './staff.ts';
import { emailSchema, passwordSchema, profileInput, toUserView, usernameSchema, userView } from './user.ts';

const TAG = 'Administration';

const roleView = z.object({
  name: z.string(),
  isStaff: z.boolean(),
  permissions: z.array(z.string()),
  description: z.string(),
});

/** Staff and roles. */
export function registerStaffRoutes(router: Router, identity: IdentityContext): void {
  addLists(router, identity);
  addCreate(router, identity);
  addStatus(router, identity);
  addUnlock(router, identity);
}

function addLists(router: Router, { db }: IdentityContext): void {
  router.route(
    {
      method: 'GET',
      url: '/admin/staff',
      summary: 'Staff members and their roles',
      tag: TAG,
      access: 'staff',
      permission: 'staff.read',
      query: userListQuery,
      data: listOf(userView),
    },
    ({ query }) => listAccounts(db, query, 'staff'),
  );

  router.route(
    {
      method: 'GET',
      url: '/admin/roles',
      summary: 'Roles and what they permit',
      tag: TAG,
      access: 'staff',
      permission: 'staff.read',
      data: z.object({ items: z.array(roleView) }),
    },
    async () => {
      const roles = await listRoles(db);
      const items = roles.map(({ name, is_staff, permissions, description }) => ({
        name,
        isStaff: is_staff === 1,
        permissions: JSON.parse(permissions) as string[],
        description,
      }));
      return { items };
    },
  );
}

function addCreate(router: Router, { db, passwords, currency }: IdentityContext): void {
  router.route(
    {
      method: 'POST',
      url: '/admin/staff',
      summary: 'Create a staff member with a role',
      description: 'Nobody can give a role that permits more than they may do themselves.',
      tag: TAG,
      access: 'staff',
      permission: 'staff.write',
      body: z.strictObject({
        username: usernameSchema,
        email: emailSchema.optional(),
        password: passwordSchema,
        role: z.string().max(32),
        profile: profileInput.optional(),
      }),
      data: userView,
      status: 201,
      errors: [usernameTaken, emailTaken, unknownRole, exceedsOwnPermissions],
    },
    async (context) => {
      const caller = requireCaller(context);
      const { username, email = null, password, role, profile } = context.body;
      const { permissions } = await readStaffRole(db, role);
      assertWithinOwn(caller, JSON.parse(permissions) as string[]);
      const passwordHash = await passwords.hash(password);
      const user = await db.tx('staff.create', async (tx) => {
        const by = actorOf(caller);
        const member = await createStaff(tx, {
          ...{ role, username, email, passwordHash, profile, currency, by },
          preferences: { language: context.locale },
          metadata: { source: 'console' },
        });
        await writeAudit(tx, {
          actor: by,
          action: 'staff.create',
          target: { type: 'user', id: member.id },
          after: { username, role },
          ip: context.ip,
        });
        return member;
      });
      return toUserView(user, [role]);
    },
  );
}

function addStatus(router: Router, { db, callers }: IdentityContext): void {
  router.route(
    {
      method: 'PATCH',
      url: '/admin/staff/:id',
      summary: "Change a staff member's status",
      description: 'Any status but active ends all sessions. Not for yourself, nor for whoever may do more.',
      tag: TAG,
      access: 'staff',
      permission: 'staff.write',
      params: userParams,
      body: statusInput,
      data: userView,
      errors: [notFound, illegalTransition, exceedsOwnPermissions, cannotChangeYourself],
    },
    async (context) => {
      const caller = requireCaller(context);
      const { id } = context.params;
      if (id === caller.userId) {
        throw new AppError(cannotChangeYourself);
      }
      const user = await db.tx('staff.change_status', async (tx) => {
        const before = await lockUserOfKind(tx, id, 'staff');
        await assertMayManage(tx, caller, before);
        const by = actorOf(caller);
        const after = await changeStatus(tx, before, { ...context.body, by });
        await writeAudit(tx, {
          actor: by,
          action: 'staff.change_status',
          target: { type: 'user', id },
          before: { status: before.status },
          after: { status: after.status, note: context.body.note },
          ip: context.ip,
        });
        return after;
      });
      callers.forget(id);
      return toUserView(user, (await rolesOf(db, id)).roles);
    },
  );
}

function addUnlock(router: Router, { db }: IdentityContext): void {
  router.route(
    {
      method: 'POST',
      url: '/admin/staff/:id/unlock',
      summary: 'Lift the lock-out after failed logins',
      tag: TAG,
      access: 'staff',
      permission: 'staff.write',
      params: userParams,
      data: userView,
      errors: [notFound],
    },
    async (context) => {
      const actor = actorOf(requireCaller(context));
      const { id } = context.params;
      const user = await db.tx('staff.unlock', async (tx) => {
        const found = await lockUserOfKind(tx, id, 'staff');
        await unlockAccount(tx, id);
        await writeAudit(tx, { actor, action: 'staff.unlock', target: { type: 'user', id }, ip: context.ip });
        return found;
      });
      return toUserView(user, (await rolesOf(db, id)).roles);
    },
  );
}
