/** What must always be true of the whole database, in the words that people are shown. */

/** An invariant's number, as the papers and the reports name it. */
export type InvariantId = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13}`;

/** Something that must never be. */
export interface Violation {
  readonly invariant: string;
  /** The id of what it is about. */
  readonly subject: string;
  readonly message: string;
}

/** What each invariant says. */
export const INVARIANTS: Readonly<Record<InvariantId, string>> = {
  I1: 'transfers balance, and captures, refunds and ledger agree',
  I2: 'no account that may not go negative is negative',
  I3: 'stock is what its movements and reservations say, and never below nothing',
  I4: 'no capture is refunded beyond its amount',
  I5: 'orders are delivered at most once, and no paid order is forgotten',
  I6: 'no money of a provider stands here twice, and no payout that came back is a payment too',
  I7: 'order totals are the sums of their parts',
  I8: 'every status is the newest of its history, and every step was legal',
  I9: 'nobody has paid more than was owed and not refunded',
  I10: 'everything under way has its job',
  I11: 'an Idempotency-Key has at most one answer',
  I12: 'wallets are the sums of their entries, and rewards are what wallets were given',
  I13: 'nobody is their own inviter, however far back',
};
