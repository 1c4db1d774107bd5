/** What the API answers about wallets. Amounts in minor units: hundredths of a coin, fen. Times in ISO 8601. */

/** What a customer has. */
export interface Wallet {
  readonly coin: number;
  readonly giftCoin: number;
  readonly heldCoin: number;
  readonly owedCoin: number;
  readonly endingGifts: readonly { readonly giftCoin: number; readonly expiresAt: string }[];
  readonly storeCredit: readonly {
    readonly currency: string;
    readonly balance: number;
    readonly held: number;
    readonly owed: number;
  }[];
}

/** A line of a statement; negative where it has become less. */
export interface WalletTransaction {
  readonly id: string;
  readonly type: string;
  readonly paid: number;
  readonly gift: number;
  readonly held: number;
  readonly owed: number;
  readonly paidAfter: number;
  readonly giftAfter: number;
  readonly heldAfter: number;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly note: string | null;
  readonly at: string;
}

export interface StaffWalletTransaction extends WalletTransaction {
  readonly cause: string;
  readonly actor: { readonly type: string; readonly id: string };
}

export interface StaffWallet {
  readonly customerId: string;
  readonly currency: string;
  readonly paid: number;
  readonly gift: number;
  readonly held: number;
  readonly owed: number;
  readonly updatedAt: string;
}

export interface WalletHold {
  readonly id: string;
  readonly status: string;
  readonly customerId: string;
  readonly currency: string;
  readonly amount: number;
  readonly settledAmount: number;
  readonly reference: string;
  readonly description: string | null;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

export interface WalletAdjustment {
  readonly id: string;
  readonly status: string;
  readonly customerId: string;
  readonly currency: string;
  readonly bucket: 'paid' | 'gift';
  readonly amount: number;
  readonly expiresAt: string | null;
  readonly reason: string;
  readonly needsSecondPerson: boolean;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
  readonly decisionNote: string | null;
  readonly createdAt: string;
}

/** What was taken back after it had been spent. */
export interface WalletReceivable {
  readonly id: string;
  readonly status: string;
  readonly customerId: string;
  readonly currency: string;
  readonly amount: number;
  readonly openAmount: number;
  readonly collected: number;
  readonly waived: number;
  readonly annulled: number;
  readonly purpose: { readonly type: string; readonly id: string };
  readonly note: string | null;
  readonly createdAt: string;
}
