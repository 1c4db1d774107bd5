import { type AmountOf, readAmounts } from './amounts.ts';
import type { Settings } from './keys.ts';

/** What customers hold with the shop. */
export interface WalletConfig {
  /** What a person may adjust alone in a day, in minor units by currency; `null` where nothing needs a second person. */
  readonly adjustLimitOf: AmountOf;
  /** How long a hold lasts that says nothing of it. */
  readonly holdMs: number;
}

/** What `WALLET_*` says. Adds what is wrong to `problems`. */
export function readWallet(settings: Settings, problems: string[]): WalletConfig {
  return {
    adjustLimitOf: readAmounts(settings, 'WALLET_ADJUST_LIMIT', problems),
    holdMs: settings.WALLET_HOLD_MINUTES,
  };
}
