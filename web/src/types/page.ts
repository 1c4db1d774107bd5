export interface Pagination {
  readonly page: number;
  readonly limit: number;
  readonly total: number;
  readonly pages: number;
  /** There are more than `total` says. */
  readonly isTotalCapped?: boolean;
  readonly nextCursor?: string;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: Pagination;
}
