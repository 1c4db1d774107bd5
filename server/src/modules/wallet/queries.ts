/** Reads for people; nothing here decides about money. */
import { type Reader, statement } from '../../kernel/db/index.ts';
import { type Pagination, type Paging, readPage } from '../../kernel/http/index.ts';
import { walletIdOf } from './open-wallet.ts';
import type {
  AdjustmentRow,
  HoldRow,
  ReceivableRow,
  TransactionType,
  WalletRow,
  WalletTransactionRow,
} from './tables.ts';
import type { AdjustmentStatus, HoldStatus, ReceivableStatus } from './wallet-states.ts';

interface Listed<R> {
  readonly rows: readonly R[];
  readonly pagination: Pagination;
}

const walletsOf = statement<{ customerId: string }, WalletRow>((query, p) =>
  query.selectFrom('wallets').selectAll().where('customer_id', '=', p.customerId).orderBy('currency'),
);

const endingGiftsOf = statement<{ walletId: string }, { available: number; due_at: number }>((query, p) =>
  query
    .selectFrom('wallet_lots')
    .select((select) => [select.fn.sum<number>('available').as('available'), 'due_at'])
    .where('wallet_id', '=', p.walletId)
    .where('available', '>', 0)
    .where('due_at', 'is not', null)
    .groupBy('due_at')
    .orderBy('due_at')
    .$castTo<{ available: number; due_at: number }>(),
);

/** A wallet with the gifts that will end, the first to end first. */
export interface SeenWallet {
  readonly row: WalletRow;
  readonly endingGifts: readonly { readonly amount: number; readonly expiresAt: number }[];
}

/** The customer's wallets at that time (ms): gifts whose time is over are not in them, whether they have left yet or not. */
export async function readWallets(db: Reader, customerId: string, now: number): Promise<SeenWallet[]> {
  const seen: SeenWallet[] = [];
  for (const row of await walletsOf.all(db, { customerId })) {
    const gifts = await endingGiftsOf.all(db, { walletId: row.id });
    const isOver = ({ due_at: dueAt }: { due_at: number }) => dueAt <= now;
    const over = gifts.filter(isOver).reduce((sum, { available }) => sum + available, 0);
    seen.push({
      row: { ...row, gift: row.gift - over },
      endingGifts: gifts
        .filter((gift) => !isOver(gift))
        .map(({ available, due_at: expiresAt }) => ({ amount: available, expiresAt })),
    });
  }
  return seen;
}

export interface StatementFilter extends Paging {
  readonly customerId: string;
  readonly currency: string;
  readonly type?: TransactionType | undefined;
  /** Milliseconds, both included. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** The lines of a statement, newest first. */
export function listTransactions(db: Reader, filter: StatementFilter): Promise<Listed<WalletTransactionRow>> {
  const { customerId, currency, type, from, until } = filter;
  return readPage(
    db,
    {
      table: 'wallet_transactions',
      time: 'sequence',
      where: { wallet_id: walletIdOf(customerId, currency), type },
      between: { column: 'at', from, until },
    },
    filter,
  );
}

export interface WalletFilter extends Paging {
  readonly customerId?: string | undefined;
  readonly currency?: string | undefined;
}

/** Those that have changed last first. */
export function listWallets(db: Reader, filter: WalletFilter): Promise<Listed<WalletRow>> {
  const where = { customer_id: filter.customerId, currency: filter.currency };
  return readPage(db, { table: 'wallets', time: 'updated_at', where }, filter);
}

interface ByCustomer extends Paging {
  readonly customerId?: string | undefined;
  readonly currency?: string | undefined;
}

export interface HoldFilter extends ByCustomer {
  readonly status?: HoldStatus | undefined;
  readonly reference?: string | undefined;
}

export function listHolds(db: Reader, filter: HoldFilter): Promise<Listed<HoldRow>> {
  const { customerId, currency, status, reference } = filter;
  const where = { customer_id: customerId, currency, status, reference };
  return readPage(db, { table: 'wallet_holds', time: 'created_at', where }, filter);
}

export function listReceivables(
  db: Reader,
  filter: ByCustomer & { readonly status?: ReceivableStatus | undefined },
): Promise<Listed<ReceivableRow>> {
  const where = { customer_id: filter.customerId, currency: filter.currency, status: filter.status };
  return readPage(db, { table: 'wallet_receivables', time: 'created_at', where }, filter);
}

export function listAdjustments(
  db: Reader,
  filter: ByCustomer & { readonly status?: AdjustmentStatus | undefined },
): Promise<Listed<AdjustmentRow>> {
  const where = { customer_id: filter.customerId, currency: filter.currency, status: filter.status };
  return readPage(db, { table: 'wallet_adjustments', time: 'created_at', where }, filter);
}

export const findHold = (db: Reader, id: string): Promise<HoldRow | undefined> =>
  db.query.selectFrom('wallet_holds').selectAll().where('id', '=', id).executeTakeFirst();

export const findReceivable = (db: Reader, id: string): Promise<ReceivableRow | undefined> =>
  db.query.selectFrom('wallet_receivables').selectAll().where('id', '=', id).executeTakeFirst();

export const findAdjustment = (db: Reader, id: string): Promise<AdjustmentRow | undefined> =>
  db.query.selectFrom('wallet_adjustments').selectAll().where('id', '=', id).executeTakeFirst();
