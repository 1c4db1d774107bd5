/** What customers have with the shop: coins, gifts and store credit, with everything that changes them. */
import './tables.ts';
import type { Actor } from '../../kernel/actor.ts';
import type { Tx } from '../../kernel/db/index.ts';
import type { Router } from '../../kernel/http/index.ts';
import { type Cron, handleJob, type JobHandler } from '../../kernel/jobs/index.ts';
import { registerAdjustmentRoutes } from './adjustment-routes.ts';
import { type Credit, credit, creditRefund, type RefundCredit } from './credit.ts';
import type { WalletDeps } from './deps.ts';
import { expireGifts, expireHold } from './expire.ts';
import { giftExpiry, holdExpiry } from './jobs.ts';
import { registerWalletRoutes } from './routes.ts';
import { hold, releaseHold, type Spending, type Spent, settleHold, spend } from './spend.ts';
import { registerStaffWalletRoutes } from './staff-routes.ts';
import type { HoldRow } from './tables.ts';
import { giveBack, readUnspent, type TakeBack, type TakenBack, takeBack } from './take-back.ts';

export type { Occasion } from './change-wallet.ts';
export type { Credit, RefundCredit } from './credit.ts';
export type { WalletDeps } from './deps.ts';
export { type WalletChanged, walletChanged } from './events.ts';
export { checkWallets } from './invariants.ts';
export type { Spending, Spent } from './spend.ts';
export type { HoldRow } from './tables.ts';
export type { TakeBack, TakenBack } from './take-back.ts';
export { COIN } from './wallet.ts';

/** What wallets offer to other modules. Each takes its part in the caller's transaction, after the order and the payment (RULES 19). */
export interface Wallets {
  registerRoutes(router: Router): void;
  readonly jobs: readonly JobHandler[];
  readonly crons: readonly Cron[];
  /** Credits a wallet once for each cause; answers whether this call did. */
  credit(tx: Tx, credit: Credit): Promise<boolean>;
  /** Store credit in place of money that goes back, out of this account of the ledger; once for each cause. */
  creditRefund(tx: Tx, refund: RefundCredit): Promise<void>;
  /**
   * Takes back coins of one credit, once for each cause. What was spent of them is refused (`insufficient_balance`, 409)
   * or becomes a receivable.
   */
  takeBack(tx: Tx, wanted: TakeBack): Promise<TakenBack>;
  /** Gives back what was taken, once for each cause. */
  giveBack(tx: Tx, wanted: Omit<TakeBack, 'shortfall'>): Promise<void>;
  /** What of a credit's coins can still be taken back; holds the wallet. */
  readUnspent(
    tx: Tx,
    credit: Pick<TakeBack, 'customerId' | 'currency' | 'origin'>,
  ): Promise<{ readonly paid: number; readonly gift: number }>;
  /** Spends at once. Throws `insufficient_balance` and `wallet_reference_used` (409). */
  spend(tx: Tx, spending: Spending): Promise<Spent>;
  /** Sets coins aside until `expiresAt` (ms). Throws like `spend`. */
  hold(tx: Tx, spending: Spending, expiresAt: number): Promise<Spent>;
  /** Spends what was held, or a part of it. Throws `not_found`, `illegal_transition` and `settle_exceeds_hold` (409). */
  settleHold(
    tx: Tx,
    holdId: string,
    settlement: { readonly amount?: number | undefined; readonly by: Actor },
  ): Promise<HoldRow>;
  /** Lets go what was held. Throws `not_found` and `illegal_transition` (409). */
  releaseHold(tx: Tx, holdId: string, by: Actor): Promise<HoldRow>;
}

/** Wallets on one database. */
export function createWallets(deps: WalletDeps): Wallets {
  return {
    registerRoutes(router) {
      registerWalletRoutes(router, deps);
      registerStaffWalletRoutes(router, deps);
      registerAdjustmentRoutes(router, deps);
    },
    jobs: [
      handleJob(holdExpiry, (job) => expireHold(deps, job)),
      handleJob(giftExpiry.definition, async () => void (await expireGifts(deps))),
    ],
    crons: [giftExpiry],
    credit: (tx, wanted) => credit(tx, deps, wanted),
    creditRefund: (tx, refund) => creditRefund(tx, deps, refund),
    takeBack: (tx, wanted) => takeBack(tx, deps, wanted),
    giveBack: (tx, wanted) => giveBack(tx, deps, wanted),
    readUnspent: (tx, wanted) => readUnspent(tx, deps, wanted),
    spend: (tx, spending) => spend(tx, deps, spending),
    hold: (tx, spending, expiresAt) => hold(tx, deps, spending, expiresAt),
    settleHold: (tx, holdId, settlement) => settleHold(tx, deps, holdId, settlement),
    releaseHold: (tx, holdId, by) => releaseHold(tx, deps, holdId, { status: 'released', by }),
  };
}
