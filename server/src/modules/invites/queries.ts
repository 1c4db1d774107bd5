/** Reads for people. */
import type { Reader } from '../../kernel/db/index.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { type Pagination, type Paging, readPage } from '../../kernel/http/index.ts';
import type { RewardStatus } from './reward-states.ts';
import type { InviteRow, RewardRow } from './tables.ts';

/** What an inviter has reached, without a word about whom they have invited. */
export interface Reach {
  readonly invited: number;
  readonly rewards: number;
  /** What of their rewards stands; hundredths of a coin. */
  readonly earned: number;
}

export async function readReach(db: Reader, inviterId: string): Promise<Reach> {
  const { invited } = await db.query
    .selectFrom('invites')
    .select((select) => select.fn.countAll<number>().as('invited'))
    .where('inviter_id', '=', inviterId)
    .executeTakeFirstOrThrow();
  const { rewards, earned } = await db.query
    .selectFrom('invite_rewards')
    .select((select) => [
      select.fn.countAll<number>().as('rewards'),
      select.fn.sum<number | null>('standing').as('earned'),
    ])
    .where('inviter_id', '=', inviterId)
    .where('granted_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return { invited, rewards, earned: earned ?? 0 };
}

interface Page<R> {
  readonly rows: R[];
  readonly pagination: Pagination;
}

export interface InviteFilter extends Paging {
  readonly inviterId?: string | undefined;
  readonly inviteeId?: string | undefined;
}

/** Who has invited whom, newest first. */
export function listInvites(db: Reader, filter: InviteFilter): Promise<Page<InviteRow>> {
  const where = { id: filter.inviteeId, inviter_id: filter.inviterId };
  return readPage(db, { table: 'invites', time: 'created_at', where }, filter);
}

export interface RewardFilter extends InviteFilter {
  readonly orderId?: string | undefined;
  readonly status?: RewardStatus | undefined;
}

/** Rewards, newest first. */
export function listRewards(db: Reader, filter: RewardFilter): Promise<Page<RewardRow>> {
  const where = {
    inviter_id: filter.inviterId,
    invitee_id: filter.inviteeId,
    order_id: filter.orderId,
    status: filter.status,
  };
  return readPage(db, { table: 'invite_rewards', time: 'created_at', where }, filter);
}

/** A customer as one who invites and was invited. Throws `not_found` where there is no such account. */
export async function readInvitesOf(
  db: Reader,
  customerId: string,
): Promise<Reach & { readonly code: string | null; readonly invite: InviteRow | undefined }> {
  const user = await db.query
    .selectFrom('users')
    .select('id')
    .where('id', '=', customerId)
    .executeTakeFirst();
  if (user === undefined) {
    throw new AppError(notFound);
  }
  const own = await db.query
    .selectFrom('invite_codes')
    .select('code')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  const invite = await db.query
    .selectFrom('invites')
    .selectAll()
    .where('id', '=', customerId)
    .executeTakeFirst();
  return { ...(await readReach(db, customerId)), code: own?.code ?? null, invite };
}

export function findRewardOfOrder(db: Reader, orderId: string): Promise<RewardRow | undefined> {
  return db.query.selectFrom('invite_rewards').selectAll().where('order_id', '=', orderId).executeTakeFirst();
}
