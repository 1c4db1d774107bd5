/** What the API answers about invitations and what they earn. Coins are hundredths. */

interface Earned {
  readonly rewards: number;
  readonly amount: number;
  readonly currency: string;
}

/** One's own. */
export interface OwnInvites {
  readonly code: string;
  readonly invited: number;
  readonly earned: Earned;
  readonly terms: { readonly basisPoints: number; readonly on: 'every' | 'first' };
}

export interface Invite {
  readonly inviteeId: string;
  readonly inviterId: string;
  readonly code: string;
  readonly generation: number;
  readonly createdAt: string;
}

export interface InviteReward {
  readonly id: string;
  readonly status: string;
  readonly orderId: string;
  readonly inviteeId: string;
  readonly inviterId: string;
  readonly basisPoints: number;
  readonly coins: number;
  readonly amount: number;
  readonly standing: number;
  readonly currency: string;
  readonly createdAt: string;
}

/** Of a customer, for staff. */
export interface CustomerInvites {
  readonly code: string | null;
  readonly invite: Invite | null;
  readonly invited: number;
  readonly earned: Earned;
}
