import { z } from 'zod';
import { isCurrency } from '../money.ts';
import type { Settings } from './keys.ts';

/** One of the shop's own bank accounts. */
export interface BankAccount {
  /** What statements are imported under; never changed once money has come in. */
  readonly id: string;
  /** Whom the payer pays. */
  readonly name: string;
  readonly bank: string;
  readonly currency: string;
  readonly number?: string | undefined;
  readonly iban?: string | undefined;
  readonly bic?: string | undefined;
}

/** Payments by bank transfer. */
export interface BankTransferConfig {
  /** The first of each currency is the one that payers are given. */
  readonly accounts: readonly BankAccount[];
  readonly windowDays: number;
}

/** Cash at the door. */
export interface CashOnDeliveryConfig {
  readonly currency: string;
  /** Of one order, in minor units. */
  readonly maxAmount: number;
}

/** The remainder that ISO 13616 asks for, over the digits of the IBAN turned round. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) {
    return false;
  }
  const digits = Array.from(text.slice(4) + text.slice(0, 4), (character) => parseInt(character, 36)).join(
    '',
  );
  return BigInt(digits) % 97n === 1n;
}

const line = z.string().trim().min(1).max(140);
const compact = z.string().transform((value) => value.replace(/\s/g, '').toUpperCase());

const accountList = z
  .array(
    z
      .strictObject({
        id: z.string().regex(/^[a-z0-9-]{1,32}$/, 'id is 1 to 32 of a-z, 0-9 and -'),
        name: line,
        bank: line,
        currency: z.string().refine(isCurrency, 'the currency is not known'),
        number: line.optional(),
        iban: compact.refine(isIban, 'the check digits of the IBAN are wrong').optional(),
        bic: compact
          .pipe(z.string().regex(/^[A-Z0-9]{8}([A-Z0-9]{3})?$/, 'a BIC has 8 or 11 characters'))
          .optional(),
      })
      .refine(
        ({ number, iban }) => number !== undefined || iban !== undefined,
        'an account needs number or iban',
      ),
  )
  .min(1)
  .refine(
    (accounts) => new Set(accounts.map(({ id }) => id)).size === accounts.length,
    'each id stands once',
  );

function parseAccounts(raw: string, problems: string[]): readonly BankAccount[] {
  try {
    return accountList.parse(JSON.parse(raw));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? error.issues.map(({ message }) => message).join('; ') : 'not JSON';
    problems.push(
      `BANK_TRANSFER_ACCOUNTS: must be a JSON list of {"id", "name", "bank", "number" or "iban", "bic", "currency"} (${why})`,
    );
    return [];
  }
}

const DEMO_ACCOUNT: Omit<BankAccount, 'currency'> = {
  id: 'demo',
  name: 'Suanpan Demo Shop',
  bank: 'Demo Bank',
  number: '0000 0000 0000 0000',
};

/** What `BANK_TRANSFER_*` says; in development an account that nobody can pay to. Adds what is wrong to `problems`. */
export function readBankTransfer(settings: Settings, problems: string[]): BankTransferConfig | null {
  const { BANK_TRANSFER_ACCOUNTS: raw, BANK_TRANSFER_WINDOW_DAYS: windowDays } = settings;
  if (raw !== undefined) {
    return { accounts: parseAccounts(raw, problems), windowDays };
  }
  return settings.NODE_ENV === 'development'
    ? { accounts: [{ ...DEMO_ACCOUNT, currency: settings.SHOP_CURRENCY }], windowDays }
    : null;
}

/** What `CASH_ON_DELIVERY*` says; `null` where it is off. */
export function readCashOnDelivery(settings: Settings): CashOnDeliveryConfig | null {
  const { CASH_ON_DELIVERY: mode } = settings;
  const isOn = mode === 'on' || (mode === 'auto' && settings.NODE_ENV === 'development');
  return isOn ? { currency: settings.SHOP_CURRENCY, maxAmount: settings.CASH_ON_DELIVERY_MAX_AMOUNT } : null;
}
