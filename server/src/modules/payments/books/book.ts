/** What reconciliation asks of each kind of money in our books. */
import type { Reader } from '../../../kernel/db/index.ts';
import type { Money } from '../../../kernel/money.ts';

/** A merchant account at a provider. */
export interface ProviderAccount {
  readonly provider: string;
  readonly merchantAccount: string;
}

/** A capture, a refund, or what a dispute has moved, as a bill would name it. */
export interface BookedMoney {
  readonly type: 'payment' | 'refund' | 'dispute';
  /** The capture's, the refund's or the movement's id. */
  readonly id: string;
  /** Our number at the provider: the payment's, the refund's, or that of the payment that is disputed. */
  readonly number: string;
  readonly paymentNumber: string;
  readonly transactionId: string | null;
  readonly merchantAccount: string;
  readonly amount: Money;
  readonly status: 'succeeded' | 'pending' | 'failed';
  /** When the provider moved it (ms), as far as we know. */
  readonly occurredAt: number;
  /** What has accrued as the provider's share; negative where it gives it back; `null` when nothing was posted. */
  readonly fee: number | null;
  /** What its transfer has moved at the provider, positive either way; `null` when there is none. */
  readonly ledgerAmount: number | null;
}

/** How a line of a bill names what it is about. */
export interface BillKey {
  readonly transactionId: string | null;
  readonly number: string | null;
}

/** Which page of the money that moved in a span of time. */
export interface BookedPage {
  /** Inclusive (ms). */
  readonly from: number;
  /** Exclusive (ms). */
  readonly to: number;
  readonly after: { readonly occurredAt: number; readonly id: string } | null;
  readonly limit: number;
}

/** One kind of money in our books. */
export interface Book {
  readonly type: BookedMoney['type'];
  /** Everything that one of the keys names, by the provider's number or by ours; whatever its status and account. */
  find(db: Reader, account: ProviderAccount, keys: readonly BillKey[]): Promise<BookedMoney[]>;
  /** What succeeded in a span of time, in the order of time and id; without what the ledger says of it. */
  page(db: Reader, account: ProviderAccount, page: BookedPage): Promise<BookedMoney[]>;
}

/** A page as the statements of a book take it. */
export type Span = ProviderAccount & { from: number; to: number; at: number; id: string; limit: number };

/** A later page begins where the one before has ended: the index is not read from the beginning of the day again. */
export function toSpan({ provider, merchantAccount }: ProviderAccount, page: BookedPage): Span {
  const { to, limit, after } = page;
  const from = after?.occurredAt ?? page.from;
  return {
    provider,
    merchantAccount,
    from,
    to,
    limit,
    at: after?.occurredAt ?? from - 1,
    id: after?.id ?? '',
  };
}

const present = (values: readonly (string | null)[]): string[] => [
  ...new Set(values.filter((value) => value !== null)),
];

/**
 * What the keys name, each once: by the provider's numbers first, and by ours where the provider's is not known here. Neither
 * look-up is made without a number.
 */
export async function findByKeys<R extends { readonly id: string }>(
  keys: readonly BillKey[],
  lookUp: {
    byTransaction(transactionIds: readonly string[]): Promise<readonly R[]>;
    byNumber(numbers: readonly string[]): Promise<readonly R[]>;
    transactionOf(row: R): string | null;
  },
): Promise<R[]> {
  const transactionIds = present(keys.map(({ transactionId }) => transactionId));
  const named = transactionIds.length === 0 ? [] : await lookUp.byTransaction(transactionIds);
  const known = new Set(named.map(lookUp.transactionOf));
  const numbers = present(
    keys.filter(({ transactionId }) => !known.has(transactionId ?? '')).map(({ number }) => number),
  );
  const numbered = numbers.length === 0 ? [] : await lookUp.byNumber(numbers);
  return [...new Map([...named, ...numbered].map((row) => [row.id, row])).values()];
}
