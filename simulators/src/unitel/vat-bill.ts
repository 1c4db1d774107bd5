import { randomDigits, randomText } from '../random.ts';

const VAT_BASIS_POINTS = 1_000;
const BILL_DIGITS = 33;

/** The VAT that a price with 10 % in it contains, as a text with two decimals. */
function vatIn(tugrik: number): string {
  const cents = Math.round((tugrik * 100 * VAT_BASIS_POINTS) / (10_000 + VAT_BASIS_POINTS));
  return (cents / 100).toFixed(2);
}

export interface BillFor {
  /** In tugrik. */
  amount: number;
  name: string;
  /** A company's register number; without one the bill has a lottery number. */
  registerNumber: string;
  /** `2026-11-20 12:00:00` */
  date: string;
}

/** The tax bill that comes with what is sold. */
export function makeVatBill({ amount, name, registerNumber, date }: BillFor): object {
  const total = amount.toFixed(2);
  const vat = vatIn(amount);
  return {
    billId: randomDigits(BILL_DIGITS),
    amount: total,
    cashAmount: total,
    nonCashAmount: '0.00',
    vat,
    date,
    internalCode: randomDigits(8),
    lottery: registerNumber === '' ? `${randomText(2, 'ABCDEFGHIKLMNPQRST')} ${randomDigits(8)}` : '',
    merchantId: '0000050368951',
    registerNo: '5036895',
    customerNo: registerNumber,
    cityTax: '0.00',
    qrData: randomDigits(120),
    stocks: [
      {
        code: '8413100',
        name,
        measureUnit: 'ш',
        qty: '1.00',
        unitPrice: total,
        totalAmount: total,
        vat,
        barCode: '',
        cityTax: '0.00',
      },
    ],
  };
}
