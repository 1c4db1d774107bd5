import type { BillRow } from '../gateway.ts';

/** Transaction event codes that are more exact than their group. */
const CODES: Readonly<Record<string, BillRow['type']>> = {
  T0106: 'dispute',
  T0114: 'dispute',
  T1106: 'dispute',
  T1107: 'refund',
  // Held while a dispute is looked into, and let go: no money has been taken.
  T1110: 'other',
  T1111: 'other',
};

/** The first three characters name the group: T00 payments, T12 chargebacks and other adjustments of them. */
const GROUPS: Readonly<Record<string, BillRow['type']>> = { T00: 'payment', T12: 'dispute' };

/** What a transaction event code means to us; money that we pay out is no payment. */
export function typeOfCode(code: string, isIncoming: boolean): BillRow['type'] {
  const type = CODES[code] ?? GROUPS[code.slice(0, 3)] ?? 'other';
  return type === 'payment' && !isIncoming ? 'other' : type;
}

/** `V`: it went through and was taken back by a transaction of its own. */
export const TRANSACTION_STATUSES = {
  S: 'succeeded',
  V: 'succeeded',
  P: 'pending',
  D: 'failed',
} as const satisfies Record<string, BillRow['status']>;
