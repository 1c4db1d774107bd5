import { DAY_MS } from '../../kernel/clock.ts';
import type { BankTransferConfig } from '../../kernel/config/index.ts';
import { formatDecimal } from '../../kernel/money.ts';
import { createByHandGateway } from '../by-hand.ts';
import type { Gateway } from '../gateway.ts';
import { formatRemittanceCode, toRemittanceCode } from './remittance-code.ts';

export { findRemittanceCodes } from './remittance-code.ts';

/** All accounts are one merchant: which of them a payer used stands in the statement. */
export const BANK_ACCOUNT = 'bank';

/**
 * Transfers to the shop's own accounts. The payer gets an account in the order's currency and a code for the purpose; the
 * money is found in a bank statement and confirmed by a second person.
 */
export function createBankTransferGateway({ accounts, windowDays }: BankTransferConfig): Gateway {
  const byCurrency = new Map([...accounts].reverse().map((account) => [account.currency, account]));
  return createByHandGateway({
    provider: 'bank_transfer',
    merchantAccount: BANK_ACCOUNT,
    method: {
      method: 'bank_transfer',
      currencies: [...new Set(accounts.map(({ currency }) => currency))],
      kinds: ['goods', 'coins', 'topup'],
      needsOpenid: false,
      settlement: 'by_hand',
      windowMs: windowDays * DAY_MS,
    },
    validate: () => undefined,
    open({ id, amount }) {
      const account = byCurrency.get(amount.currency);
      if (account === undefined) {
        throw new Error(`no bank account takes ${amount.currency}`);
      }
      const code = toRemittanceCode(id);
      return {
        reference: code,
        parameters: {
          remittanceCode: formatRemittanceCode(code),
          accountName: account.name,
          bankName: account.bank,
          ...(account.number !== undefined && { accountNumber: account.number }),
          ...(account.iban !== undefined && { iban: account.iban }),
          ...(account.bic !== undefined && { bic: account.bic }),
          amount: formatDecimal(amount),
          currency: amount.currency,
        },
      };
    },
  });
}
