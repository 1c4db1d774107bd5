/**
 * Coins or store credit come into a wallet. Invariant: once for each cause, in the transaction of what brings them.
 *
 * Crash story: that transaction; without its commit nothing was credited, and whoever repeats it finds the cause.
 */
import type { Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import { assertAmount, type Money } from '../../kernel/money.ts';
import type { Account } from '../ledger/index.ts';
import { changeWallet, type Occasion } from './change-wallet.ts';
import type { WalletDeps } from './deps.ts';
import { openWallet } from './open-wallet.ts';
import { findTransactionByCause } from './repository.ts';
import type { Bucket, LotRow, LotSource, TransactionType, WalletRow } from './tables.ts';
import { COIN, type Move } from './wallet.ts';

/** What is credited; amounts in minor units, at least one of them above zero. */
export interface Credit extends Occasion {
  readonly customerId: string;
  /** `COIN` without it. */
  readonly currency?: string | undefined;
  readonly type: Extract<TransactionType, 'purchase' | 'reward' | 'store_credit' | 'adjustment'>;
  /** Where what was paid for comes from; gifts beside what was sold are granted. */
  readonly source: LotSource;
  readonly paid?: number | undefined;
  readonly gift?: number | undefined;
  /** When the gift ends (ms); never without it. */
  readonly giftExpiresAt?: number | null | undefined;
  /** The ledger's account that it comes from, where that is none of the wallets' own. */
  readonly from?: Account | undefined;
}

/** Credits the wallet; answers whether this call did. */
export async function credit(tx: Tx, deps: Pick<WalletDeps, 'ledger'>, wanted: Credit): Promise<boolean> {
  const { customerId, currency = COIN, paid = 0, gift = 0, cause } = wanted;
  if (assertAmount(paid) < 0 || assertAmount(gift) < 0 || paid + gift === 0) {
    throw new RangeError(`${cause}: nothing, or less than nothing, can not be credited`);
  }
  const { wallet } = await openWallet(tx, deps, customerId, currency);
  if ((await findTransactionByCause(tx, cause)) !== undefined) {
    return false;
  }
  const moves = (['paid', 'gift'] as const)
    .map((bucket) => ({ bucket, amount: bucket === 'paid' ? paid : gift }))
    .filter(({ amount }) => amount > 0)
    .map(({ bucket, amount }): Move => {
      const lot = toLot(tx, wallet, wanted, bucket);
      return { lot: { ...lot, amount }, from: 'source', to: 'available', amount, outside: wanted.from };
    });
  await changeWallet(tx, deps, wallet, { ...wanted, moves });
  return true;
}

/** Money that goes back to a customer as store credit. */
export interface RefundCredit extends Occasion {
  readonly customerId: string;
  readonly amount: Money;
  /** The ledger's account that it comes from. */
  readonly from: Account;
}

/** Credits the wallet of the money's own currency, apart from coins. */
export async function creditRefund(
  tx: Tx,
  deps: Pick<WalletDeps, 'ledger'>,
  { amount: { amount, currency }, ...refund }: RefundCredit,
): Promise<void> {
  await credit(tx, deps, {
    ...{ ...refund, currency, paid: amount, type: 'store_credit', source: 'refunded' },
  });
}

function toLot(tx: Tx, wallet: WalletRow, { cause, source, giftExpiresAt }: Credit, bucket: Bucket): LotRow {
  const isGift = bucket === 'gift';
  return {
    ...{ id: newId('lot'), wallet_id: wallet.id, origin: cause, bucket },
    source: isGift && source === 'sold' ? 'granted' : source,
    ...{ amount: 0, available: 0, held: 0, used: 0, expired: 0, returned: 0 },
    expires_at: isGift ? (giftExpiresAt ?? null) : null,
    due_at: null,
    ...{ created_at: tx.now, updated_at: tx.now },
  };
}
