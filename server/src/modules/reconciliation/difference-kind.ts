export type DifferenceKind =
  /** In the bill, but not in our books. */
  | 'missing_here'
  /** In our books, but in no bill. */
  | 'missing_there'
  /** Another amount, or another currency. */
  | 'amount'
  /** For another merchant account. */
  | 'merchant'
  | 'status'
  /** The provider kept another share than had accrued. */
  | 'fee'
  /** The same movement a second time. */
  | 'duplicate';

/** How a person settles a difference. */
export type Resolution = 'accepted' | 'booked_elsewhere' | 'provider_error';
