/** What `doctor` checks of invitations and rewards. */
import type { Reader } from '../../kernel/db/index.ts';
import { readKeptMoney } from '../payments/index.ts';
import { rewardSettle } from './jobs.ts';
import { standingOf } from './reward.ts';
import type { RewardRow } from './tables.ts';

/** Something that must never be. */
export interface InviteViolation {
  readonly invariant: string;
  /** The reward, or the customer who was invited. */
  readonly subject: string;
  readonly message: string;
}

const PAGE = 500;
const MAX_FOUND = 100;

/** I13: a generation is one more than the inviter's everywhere, so no chain of invitations is a circle. */
async function findWrongGenerations(db: Reader): Promise<InviteViolation[]> {
  const rows = await db.query
    .selectFrom('invites as invite')
    .leftJoin('invites as earlier', 'earlier.id', 'invite.inviter_id')
    .select((select) => [
      'invite.id as id',
      'invite.generation as generation',
      select.fn.coalesce('earlier.generation', select.lit(0)).as('before'),
    ])
    .where((where) =>
      where(
        'invite.generation',
        '<>',
        where(where.fn.coalesce('earlier.generation', where.lit(0)), '+', where.lit(1)),
      ),
    )
    .limit(MAX_FOUND)
    .execute();
  return rows.map(({ id, generation, before }) => ({
    invariant: 'I13',
    subject: id,
    message: `it is of generation ${generation}, and its inviter of ${before}`,
  }));
}

/** I12: what the ledger has given away under a reward is what stands of it. */
async function findWrongGrants(db: Reader): Promise<InviteViolation[]> {
  const granted = db.query
    .selectFrom('ledger_transfers as transfer')
    .innerJoin('ledger_entries as entry', 'entry.transfer_id', 'transfer.id')
    .select((select) => [
      'transfer.purpose_id as reward_id',
      select.fn.sum<number>('entry.amount').as('amount'),
    ])
    .where('transfer.purpose_type', '=', 'invite_reward')
    .where('entry.account', 'like', 'coins_granted:%')
    .groupBy('transfer.purpose_id');
  const rows = await db.query
    .selectFrom('invite_rewards as reward')
    .leftJoin(granted.as('granted'), 'granted.reward_id', 'reward.id')
    .select((select) => [
      'reward.id as id',
      'reward.standing as standing',
      select.fn.coalesce('granted.amount', select.lit(0)).as('amount'),
    ])
    .where((where) => where('reward.standing', '<>', where.fn.coalesce('granted.amount', where.lit(0))))
    .limit(MAX_FOUND)
    .execute();
  return rows.map(({ id, standing, amount }) => ({
    invariant: 'I12',
    subject: id,
    message: `${standing} of the reward stands, the ledger has given ${amount}`,
  }));
}

/** Rewards that are due, or whose order has given money back; the others stand in full. */
async function readUnsettled(db: Reader, after: string): Promise<RewardRow[]> {
  return db.query
    .selectFrom('invite_rewards')
    .innerJoin('orders', 'orders.id', 'invite_rewards.order_id')
    .selectAll('invite_rewards')
    .where('invite_rewards.id', '>', after)
    .where((where) =>
      where.or([
        where('invite_rewards.status', '<>', 'granted'),
        where('orders.payment_status', '<>', 'paid'),
        where('orders.dispute_status', 'is not', null),
      ]),
    )
    .orderBy('invite_rewards.id')
    .limit(PAGE)
    .execute();
}

/** I10: what stands is what is due, or there is a job that makes it so. */
async function findForgotten(db: Reader): Promise<InviteViolation[]> {
  const found: InviteViolation[] = [];
  for (let after = ''; ; ) {
    const rows = await readUnsettled(db, after);
    const last = rows.at(-1);
    if (last === undefined) {
      return found;
    }
    const planned = await readPlanned(db, rows);
    for (const reward of rows.filter(({ order_id }) => !planned.has(order_id))) {
      const kept = await readKeptMoney(db, { type: 'order', id: reward.order_id });
      const due = standingOf(reward.amount, kept);
      if (reward.status === 'due' || due !== reward.standing) {
        const message = `${reward.standing} of it stands and ${due} is due, and no job settles it`;
        found.push({ invariant: 'I10', subject: reward.id, message });
      }
    }
    if (found.length >= MAX_FOUND) {
      return found.slice(0, MAX_FOUND);
    }
    after = last.id;
  }
}

/** The orders of these rewards whose job is there. */
async function readPlanned(db: Reader, rewards: readonly RewardRow[]): Promise<Set<string>> {
  const keys = new Map(rewards.map(({ order_id: id }) => [`${rewardSettle.name}:${id}`, id]));
  const jobs = await db.query
    .selectFrom('jobs')
    .select('unique_key')
    .where('unique_key', 'in', [...keys.keys()])
    .execute();
  return new Set(jobs.flatMap(({ unique_key: key }) => keys.get(key ?? '') ?? []));
}

/** Invitations lead in no circle; rewards are what wallets were given, and what is due. */
export async function checkInvites(db: Reader): Promise<InviteViolation[]> {
  return [...(await findWrongGenerations(db)), ...(await findWrongGrants(db)), ...(await findForgotten(db))];
}
