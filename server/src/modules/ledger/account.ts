/**
 * The chart of accounts. A debit is positive and a credit negative, so that what we own or have spent stands at or above
 * zero and what we owe or have earned at or below it.
 *
 * | code | is | a debit means | a credit means |
 * |---|---|---|---|
 * | `clearing:<provider>:<merchant account>:<currency>` | our money at a provider | captured | refunded |
 * | `revenue:<currency>` | earned | taken back | a purpose was paid |
 * | `refunds:<currency>` | revenue given back, shown apart from it | refunded | a refund was reversed |
 * | `customer_surplus:<currency>` | owed to customers: late, second or excess money | returned | received |
 * | `payouts:<currency>` | the shop's own money, paid to customers by hand for a provider that could not | it came back | paid out |
 * | `disputes:<currency>` | taken by payers' disputes, while they are open and where they are lost | taken | given back |
 * | `fees:<provider>:<currency>` | spent on the provider | its share of a capture | its share of a refund |
 * | `bank:<currency>` | cash in our own bank | a courier's cash has arrived | |
 * | `remitted:<provider>:<merchant account>:<currency>` | what of a clearing account has reached our bank | | cash has arrived |
 * | `accrued_fees:<provider>:<merchant account>:<currency>` | owed to the provider until its bill | a refund's or the bill's | a capture's |
 * | `wallet:<currency>`, `wallet_gift:<currency>` | owed to customers: coins or store credit that they have; what was given to them | spent, held, taken back | credited |
 * | `wallet_held:<currency>` | owed to customers, set aside for something that they may buy | settled or let go | held |
 * | `wallet_receivable:<currency>` | owed by customers: taken back after they had spent it | found spent | collected, waived |
 * | `coins_issued:<currency>`, `coins_granted:<currency>` | what wallets hold or held because it was sold, or was given away | credited | taken back |
 * | `wallet_spent:<currency>`, `wallet_expired:<currency>` | what customers have used up, or let expire | | spent; expired |
 * | `wallet_adjustments:<currency>` | put right by staff | added | taken away |
 * | `wallet_waived:<currency>` | receivables that were given up | given up | the coins went back after all |
 *
 * Fees are accrued beside the clearing account and not in it: so captures less refunds is exactly what clearing holds, and
 * both can be compared with the provider's bill on their own. The accounts of wallets are those of all customers together;
 * each customer's part is the wallet's own balance, and what brought it about its statement.
 */
import type { Currency } from '../../kernel/money.ts';

/** The accounts of wallets: one of each for a currency. */
export type WalletAccountKind =
  | 'wallet'
  | 'wallet_gift'
  | 'wallet_held'
  | 'wallet_receivable'
  | 'wallet_spent'
  | 'wallet_expired'
  | 'wallet_adjustments'
  | 'wallet_waived'
  | 'coins_issued'
  | 'coins_granted';

/** An account of the chart. No balance is kept in it: balances are sums of entries (RULES 22). */
export interface Account {
  readonly code: string;
  readonly kind:
    | 'clearing'
    | 'revenue'
    | 'refunds'
    | 'customer_surplus'
    | 'payouts'
    | 'disputes'
    | 'fees'
    | 'accrued_fees'
    | 'bank'
    | 'remitted'
    | WalletAccountKind;
  readonly currency: Currency;
}

/** Our money at one merchant account of a provider. */
export function clearingAccount(provider: string, merchantAccount: string, currency: Currency): Account {
  return { code: `clearing:${provider}:${merchantAccount}:${currency}`, kind: 'clearing', currency };
}

/** What was earned by purposes that were paid. */
export function revenueAccount(currency: Currency): Account {
  return { code: `revenue:${currency}`, kind: 'revenue', currency };
}

/** What was earned and given back. */
export function refundsAccount(currency: Currency): Account {
  return { code: `refunds:${currency}`, kind: 'refunds', currency };
}

/** Late, second or excess money that belongs to the customers. */
export function customerSurplusAccount(currency: Currency): Account {
  return { code: `customer_surplus:${currency}`, kind: 'customer_surplus', currency };
}

/** The shop's own money that people have paid out where a provider could not. */
export function payoutsAccount(currency: Currency): Account {
  return { code: `payouts:${currency}`, kind: 'payouts', currency };
}

/** What payers' disputes have taken and not given back. */
export function disputesAccount(currency: Currency): Account {
  return { code: `disputes:${currency}`, kind: 'disputes', currency };
}

/** What a provider costs. */
export function feesAccount(provider: string, currency: Currency): Account {
  return { code: `fees:${provider}:${currency}`, kind: 'fees', currency };
}

/** The provider's share that it has not billed yet. */
export function accruedFeesAccount(provider: string, merchantAccount: string, currency: Currency): Account {
  return { code: `accrued_fees:${provider}:${merchantAccount}:${currency}`, kind: 'accrued_fees', currency };
}

/** Our own bank, as far as cash is brought there. */
export function bankAccount(currency: Currency): Account {
  return { code: `bank:${currency}`, kind: 'bank', currency };
}

/** What of a clearing account has reached our bank: beside it, so that captures less refunds is still what clearing holds. */
export function remittedAccount(provider: string, merchantAccount: string, currency: Currency): Account {
  return { code: `remitted:${provider}:${merchantAccount}:${currency}`, kind: 'remitted', currency };
}

/** One of the accounts of wallets. */
export function walletAccount(kind: WalletAccountKind, currency: Currency): Account {
  return { code: `${kind}:${currency}`, kind, currency };
}
