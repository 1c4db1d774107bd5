/** The cards that play a part, by Stripe's own test numbers, and the names of their payment methods. */
export interface TestCard {
  brand: string;
  last4: string;
  funding: 'credit' | 'debit';
  /** Stripe's decline code, where the bank refuses. */
  decline?: string;
  needsAction?: boolean;
}

export const TEST_CARDS: Readonly<Record<string, TestCard>> = {
  '4242424242424242': { brand: 'visa', last4: '4242', funding: 'credit' },
  '5555555555554444': { brand: 'mastercard', last4: '4444', funding: 'credit' },
  '4000056655665556': { brand: 'visa', last4: '5556', funding: 'debit' },
  '4000000000000002': { brand: 'visa', last4: '0002', funding: 'credit', decline: 'generic_decline' },
  '4000000000009995': { brand: 'visa', last4: '9995', funding: 'credit', decline: 'insufficient_funds' },
  '4000002760003184': { brand: 'visa', last4: '3184', funding: 'credit', needsAction: true },
};

const PAYMENT_METHODS: Readonly<Record<string, string>> = {
  pm_card_visa: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_visa_debit: '4000056655665556',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_authenticationRequired: '4000002760003184',
};

/** By number, with blanks or without, or by the name of a payment method. */
export function findCard(name: string): TestCard | undefined {
  return TEST_CARDS[PAYMENT_METHODS[name] ?? name.replaceAll(' ', '')];
}
