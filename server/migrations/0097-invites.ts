/** Codes by which customers invite others, who came by whose code, and what the inviters earn. */
import { integer, key, table } from '../src/kernel/db/index.ts';

const codes = table(
  'invite_codes',
  { customer_id: key(), code: key(16), created_at: integer() },
  { primaryKey: ['customer_id'], unique: { invite_codes_code_unique: ['code'] } },
);

const invites = table(
  'invites',
  {
    id: key(),
    inviter_id: key(),
    code: key(16),
    generation: integer(),
    created_at: integer(),
  },
  {
    primaryKey: ['id'],
    indexes: {
      invites_inviter: ['inviter_id', 'created_at'],
      invites_created: ['created_at'],
    },
    checks: {
      invites_not_oneself: 'id <> inviter_id',
      invites_generation_positive: 'generation >= 1',
    },
  },
);

const rewards = table(
  'invite_rewards',
  {
    id: key(32),
    version: integer(),
    status: key(16),
    order_id: key(),
    invitee_id: key(),
    inviter_id: key(),
    first_key: key().nullable(),
    basis_points: integer(),
    coins: integer(),
    amount: integer(),
    standing: integer(),
    granted_at: integer().nullable(),
    created_at: integer(),
    updated_at: integer(),
  },
  {
    primaryKey: ['id'],
    unique: {
      invite_rewards_order_unique: ['order_id'],
      invite_rewards_first_unique: ['first_key'],
    },
    indexes: {
      invite_rewards_inviter: ['inviter_id', 'created_at'],
      invite_rewards_invitee: ['invitee_id', 'created_at'],
      invite_rewards_status: ['status', 'created_at'],
      invite_rewards_created: ['created_at'],
    },
    checks: {
      invite_rewards_not_oneself: 'invitee_id <> inviter_id',
      invite_rewards_amount_positive: 'amount > 0 AND amount <= coins',
      invite_rewards_standing_within: 'standing >= 0 AND standing <= amount',
      invite_rewards_granted: 'standing = 0 OR granted_at IS NOT NULL',
    },
  },
);

export const steps = [...codes, ...invites, ...rewards];
