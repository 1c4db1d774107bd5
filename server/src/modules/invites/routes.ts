import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { notFound } from '../../kernel/errors.ts';
import { listOf, pagingQuery, type Router, requireCaller } from '../../kernel/http/index.ts';
import { COIN } from '../wallet/index.ts';
import type { InvitesDeps } from './deps.ts';
import { listInvites, listRewards, type Reach, readInvitesOf, readReach } from './queries.ts';
import { readCode } from './read-code.ts';
import { rewardStatusNames } from './reward-states.ts';
import type { InviteRow, RewardRow } from './tables.ts';

const TAG = 'Invitations';

const earnedView = z.object({
  /** How many orders have earned something. */
  rewards: z.int(),
  /** What of that stands; hundredths of a coin. */
  amount: z.int(),
  currency: z.string(),
});

const ownView = z.object({
  code: z.string(),
  /** How many have come by it. */
  invited: z.int(),
  earned: earnedView,
  /** What an invitation earns now: so many ten-thousandths of the coins bought by every order, or by the first only. */
  terms: z.object({ basisPoints: z.int(), on: z.enum(['every', 'first']) }),
});

const inviteView = z.object({
  inviteeId: z.string(),
  inviterId: z.string(),
  code: z.string(),
  /** 1 for whoever was invited by somebody whom nobody has invited, and so on. */
  generation: z.int(),
  createdAt: z.string(),
});

const rewardView = z.object({
  id: z.string(),
  status: z.enum(rewardStatusNames),
  orderId: z.string(),
  inviteeId: z.string(),
  inviterId: z.string(),
  basisPoints: z.int(),
  /** What the order has sold; hundredths of a coin, as the others. */
  coins: z.int(),
  amount: z.int(),
  /** What of the amount the inviter has been given and was not taken back. */
  standing: z.int(),
  currency: z.string(),
  grantedAt: z.string().nullable(),
  createdAt: z.string(),
});

const customerInvitesView = z.object({
  code: z.string().nullable(),
  /** By whom they have come; `null` where they came by themselves. */
  invite: inviteView.nullable(),
  invited: z.int(),
  earned: earnedView,
});

function toEarned({ rewards, earned }: Reach): z.infer<typeof earnedView> {
  return { rewards, amount: earned, currency: COIN };
}

function toInviteView(row: InviteRow): z.infer<typeof inviteView> {
  return {
    ...{ inviteeId: row.id, inviterId: row.inviter_id, code: row.code, generation: row.generation },
    createdAt: toIso(row.created_at),
  };
}

function toRewardView(row: RewardRow): z.infer<typeof rewardView> {
  return {
    ...{ id: row.id, status: row.status, orderId: row.order_id },
    ...{ inviteeId: row.invitee_id, inviterId: row.inviter_id, basisPoints: row.basis_points },
    ...{ coins: row.coins, amount: row.amount, standing: row.standing, currency: COIN },
    grantedAt: toIso(row.granted_at),
    createdAt: toIso(row.created_at),
  };
}

/** One's own invitations, and what staff sees of everybody's. */
export function registerInviteRoutes(router: Router, deps: InvitesDeps): void {
  addOwn(router, deps);
  addLists(router, deps);
  addOfCustomer(router, deps);
}

function addOwn(router: Router, { db, config }: InvitesDeps): void {
  router.route(
    {
      method: 'GET',
      url: '/users/me/invites',
      summary: 'Your code for inviting others, how many have come by it, and what you have earned',
      description:
        'The code is made when it is first asked for, and stays. Nothing is told of whoever has come by it.',
      tag: TAG,
      access: 'user',
      data: ownView,
    },
    async (context) => {
      const { userId } = requireCaller(context);
      const code = await readCode(db, userId);
      const reach = await readReach(db, userId);
      const terms = { basisPoints: config.rewardBasisPoints, on: config.rewardOn };
      return { code, invited: reach.invited, earned: toEarned(reach), terms };
    },
  );
}

const shared = { method: 'GET', tag: 'Administration', access: 'staff', permission: 'invites.read' } as const;
const idFilter = z.string().min(1).max(64).optional();

function addLists(router: Router, { db }: InvitesDeps): void {
  router.route(
    {
      ...shared,
      url: '/admin/invites',
      summary: 'Who has invited whom, newest first',
      query: z.strictObject({ ...pagingQuery, inviterId: idFilter, inviteeId: idFilter }),
      data: listOf(inviteView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listInvites(db, query);
      return { items: rows.map(toInviteView), pagination };
    },
  );

  router.route(
    {
      ...shared,
      url: '/admin/invite-rewards',
      summary: 'What invitations have earned, newest first',
      query: z.strictObject({
        ...{ ...pagingQuery, inviterId: idFilter, inviteeId: idFilter, orderId: idFilter },
        status: z.enum(rewardStatusNames).optional(),
      }),
      data: listOf(rewardView),
    },
    async ({ query }) => {
      const { rows, pagination } = await listRewards(db, query);
      return { items: rows.map(toRewardView), pagination };
    },
  );
}

function addOfCustomer(router: Router, { db }: InvitesDeps): void {
  router.route(
    {
      ...shared,
      url: '/admin/customers/:id/invites',
      summary: 'By whom a customer has come, and what their own invitations have brought',
      params: z.object({ id: z.string().max(64) }),
      data: customerInvitesView,
      errors: [notFound],
    },
    async ({ params }) => {
      const found = await readInvitesOf(db, params.id);
      const invite = found.invite === undefined ? null : toInviteView(found.invite);
      return { code: found.code, invite, invited: found.invited, earned: toEarned(found) };
    },
  );
}
