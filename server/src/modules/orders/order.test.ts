import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../kernel/errors.ts';
import { computeTotals, makeOrderNumber, priceLine, staffTargets } from './order.ts';
import { type OrderStatus, orderMachine, orderStatuses } from './order-states.ts';
import { paymentStatusAfter } from './settle-refund.ts';

const amount = fc.nat(100_000_000_000);
const line = fc.record({
  unitPrice: amount,
  salePrice: fc.option(amount),
  quantity: fc.integer({ min: 1, max: 9_999 }),
});

test('the total is the lines less the discount plus tax and shipping, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.nat(1_000_000),
      fc.nat(1_000_000),
      fc.nat(100),
      (lines, tax, shipping, discountPercent) => {
        const subtotal = lines.reduce((sum, each) => sum + priceLine(each), 0);
        const discount = Math.floor((subtotal / 100) * discountPercent);
        const totals = computeTotals(lines, { discount, tax, shipping });
        expect(totals.subtotal).toBe(subtotal);
        expect(totals.total).toBe(totals.subtotal - totals.discount + totals.tax + totals.shipping);
        expect(Object.values(totals).every((part) => Number.isSafeInteger(part) && part >= 0)).toBe(true);
      },
    ),
  );
});

test('the order of the lines does not change what an order costs', () => {
  const none = { discount: 0, tax: 0, shipping: 0 };
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      expect(computeTotals([...lines].reverse(), none)).toEqual(computeTotals(lines, none));
    }),
  );
});

test('a line on sale costs its sale price', () => {
  expect(priceLine({ unitPrice: 1_000, salePrice: 750, quantity: 3 })).toBe(2_250);
  expect(priceLine({ unitPrice: 1_000, salePrice: 0, quantity: 3 })).toBe(0);
});

test('an order beyond 2^53 is refused instead of rounded', () => {
  const huge = { unitPrice: 100_000_000_000, salePrice: null, quantity: 9_999 };
  const lines = Array.from({ length: 100 }, () => huge);
  expect(() => computeTotals(lines, { discount: 0, tax: 0, shipping: 0 })).toThrow(AppError);
});

test('an order number is ORD, the day in UTC and at least six characters', () => {
  const number = makeOrderNumber(Date.UTC(2026, 10, 9, 23, 59));
  expect(number).toMatch(/^ORD261109[0-9A-Z]{6,}$/);
  expect(number.length).toBeLessThanOrEqual(32);
  expect(makeOrderNumber(0)).not.toBe(makeOrderNumber(0));
});

test('whatever staff may choose is an arrow of the order, and never confirmed or closed', () => {
  for (const status of orderStatuses) {
    for (const kind of ['goods', 'coins', 'topup'] as const) {
      for (const requires_shipping of [0, 1] as const) {
        const arrows: readonly OrderStatus[] = orderMachine.fields.status.arrows[status];
        const targets = staffTargets({ kind, status, requires_shipping });
        expect(targets.every((target) => arrows.includes(target))).toBe(true);
      }
    }
  }
});

test('the payment status follows the sums of the money', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.nat(1_000),
      fc.nat(1_000),
      (captured, done, underWay) => {
        const status = paymentStatusAfter({ captured, refundedDone: done, refundedUnderWay: underWay });
        expect(status === 'refund_pending').toBe(underWay > 0);
        expect(status === 'paid').toBe(underWay === 0 && done === 0);
        expect(status === 'refunded').toBe(underWay === 0 && done >= captured);
      },
    ),
  );
});
