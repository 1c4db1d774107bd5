import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type ControlRoute, route } from '../control/route.ts';
import { controlError } from '../control-error.ts';
import type { Store } from '../store.ts';
import { STATEMENT_FORMATS, type StatementFormat, toDecimal, toMinor, writeStatement } from './statement.ts';
import { BANK_TABLES, createTransfers, type NewTransfer, type Transfer } from './transfers.ts';

/** How a payer gets a transfer wrong. */
const MISTAKES = ['none', 'short', 'over', 'twice', 'unknown_code', 'mistyped_code', 'no_code'] as const;

export type Mistake = (typeof MISTAKES)[number];

export interface PayerTransfer {
  /** The remittance code that the shop has given. */
  code: string;
  /** Decimal, such as `12.80`. */
  amount: string;
  currency?: string | undefined;
  account?: string | undefined;
  name?: string | undefined;
  bookedOn?: string | undefined;
  mistake?: Mistake | undefined;
}

/** A bank with the shop's accounts, and payers who make the mistakes that payers make. */
export interface BankControl {
  /** Transfers money to the shop; `twice` makes two. */
  pay(input: PayerTransfer): Transfer[];
  /** Any movement: a fee, somebody else's money. */
  move(input: NewTransfer): Transfer;
  /** The bank takes a transfer back. */
  bounce(id: string): Transfer;
  list(filter?: {
    account?: string | undefined;
    from?: string | undefined;
    to?: string | undefined;
  }): Transfer[];
  /** The statement of these days as CSV. */
  statement(filter?: {
    account?: string | undefined;
    from?: string | undefined;
    to?: string | undefined;
    format?: StatementFormat | undefined;
  }): string;
}

const day = z.iso.date().optional();
const account = z.string().min(1).max(32).optional();
const name = z.string().min(1).max(100).optional();
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .default('CNY');

/** Another character in the last place: the check character finds it. */
function mistype(code: string): string {
  return code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
}

function textOf(code: string, mistake: Mistake): string {
  switch (mistake) {
    case 'no_code':
      return '货款';
    case 'unknown_code':
      return '0000-0000-0000';
    case 'mistyped_code':
      return mistype(code);
    default:
      return code;
  }
}

function amountOf(amount: number, mistake: Mistake): number {
  if (mistake === 'short') {
    return Math.max(1, amount - 1);
  }
  return mistake === 'over' ? amount + 1 : amount;
}

export function createBank(store: Store, clock: Clock) {
  const transfers = createTransfers(store, clock);

  const control: BankControl = {
    pay({ code, amount, mistake = 'none', currency: paidIn = 'CNY', ...rest }) {
      const minor = toMinor(amount, paidIn);
      if (minor === undefined || minor <= 0) {
        throw controlError(422, 'invalid_amount', `"${amount}" is no amount of ${paidIn}.`);
      }
      const transfer = {
        ...rest,
        currency: paidIn,
        amount: amountOf(minor, mistake),
        text: textOf(code, mistake),
      };
      const times = mistake === 'twice' ? 2 : 1;
      return Array.from({ length: times }, () => transfers.add(transfer));
    },
    move: (input) => transfers.add(input),
    bounce(id) {
      const { id: _id, bookedOn: _bookedOn, ...known } = transfers.find(id);
      return transfers.add({ ...known, amount: 0 - known.amount, text: `退汇 ${known.text}` });
    },
    list: (filter = {}) => transfers.list(filter),
    statement: ({ format = 'international', ...filter } = {}) =>
      writeStatement(transfers.list(filter), format),
  };
  return { control, tables: BANK_TABLES, routes: bankRoutes(control) };
}

function bankRoutes(control: BankControl): ControlRoute[] {
  const span = { account, from: day, to: day };
  const payment = z.strictObject({
    ...{ account, name, currency, bookedOn: day },
    code: z.string().min(1).max(100),
    amount: z.string().min(1).max(20),
    mistake: z.enum(MISTAKES).default('none'),
  });
  const movement = z.strictObject({
    ...{ account, name, currency, bookedOn: day },
    amount: z.number().int(),
    text: z.string().max(200),
  });
  const shown = (transfer: Transfer) => ({
    ...transfer,
    decimal: toDecimal(transfer.amount, transfer.currency),
  });
  return [
    route('POST', '/bank/pay', 'Transfer to the shop, with or without a mistake', payment, (input) =>
      control.pay(input).map(shown),
    ),
    route('POST', '/bank/transfers', 'Any movement on an account', movement, (input) =>
      shown(control.move(input)),
    ),
    route('GET', '/bank/transfers', 'Movements on an account', z.strictObject(span), (input) =>
      control.list(input).map(shown),
    ),
    route(
      'POST',
      '/bank/transfers/:id/bounce',
      'The bank takes it back',
      z.strictObject({}),
      (_input, params) => shown(control.bounce(params.id ?? '')),
    ),
    route(
      'GET',
      '/bank/statement',
      'The statement of these days: {csv}',
      z.strictObject({ ...span, format: z.enum(STATEMENT_FORMATS).optional() }),
      (input) => ({ csv: control.statement(input) }),
    ),
  ];
}
