import type { RewardStatus } from './reward-states.ts';

/** Who came by whose code. Written once, in the transaction that creates the customer. */
export interface InviteRow {
  /** The customer who was invited. */
  id: string;
  inviter_id: string;
  /** As it was given. */
  code: string;
  /** One more than the inviter's, so that no chain of invitations can lead back to where it began. */
  generation: number;
  created_at: number;
}

/** What an inviter earns by one paid order of coins of somebody they have invited. */
export interface RewardRow {
  id: string;
  version: number;
  status: RewardStatus;
  order_id: string;
  invitee_id: string;
  inviter_id: string;
  /** The invited customer's id on the first reward that they bring, else `null`; unique. */
  first_key: string | null;
  /** As it was set when the order was paid. */
  basis_points: number;
  /** What the order has sold, without gifts; hundredths of a coin, as are the others. */
  coins: number;
  /** What the order earns while nothing of it is refunded. */
  amount: number;
  /** What of that the inviter has been given and was not taken back; a CHECK keeps it within the amount. */
  standing: number;
  granted_at: number | null;
  created_at: number;
  updated_at: number;
}

declare module '../../kernel/db/types.ts' {
  interface Schema {
    /** Owned by invites; a customer gets a code when they first ask for it. */
    invite_codes: { customer_id: string; code: string; created_at: number };
    /** Owned by invites. */
    invites: InviteRow;
    /** Owned by invites. */
    invite_rewards: RewardRow;
  }
}
