/** What `doctor` checks of payments. Everything is summed by the database or read in pages, so that it also works on millions. */

import { sql } from 'kysely';
import type { Reader } from '../../kernel/db/index.ts';
import { readBalances, type Violation } from '../ledger/index.ts';
import { findForgotten } from './attempts/find-forgotten.ts';
import { readBooked } from './books/booked.ts';
import { checkDisputes, sumDisputed } from './disputes/invariants.ts';
import { OPEN_STATUSES } from './payment-states.ts';

const MAX_VIOLATIONS = 100;
const PAGE = 500;

/** I1: every succeeded capture and refund has exactly one transfer, and that moved its amount at the provider. */
async function findUnbooked(db: Reader, table: 'captures' | 'refunds'): Promise<Violation[]> {
  const found: Violation[] = [];
  const cause = table === 'captures' ? 'capture' : 'refund';
  for (let after = ''; found.length < MAX_VIOLATIONS; ) {
    const rows = await db.query
      .selectFrom(table as 'captures')
      .select(['id', 'amount'])
      .where('status', '=', 'succeeded')
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) {
      break;
    }
    const booked = await readBooked(
      db,
      rows.map(({ id }) => `${cause}:${id}`),
    );
    for (const { id, amount } of rows) {
      const moved = booked.get(`${cause}:${id}`);
      if (moved !== (table === 'captures' ? amount : 0 - amount)) {
        const message = `${amount} succeeded, the ledger has ${moved ?? 'no transfer'}`;
        found.push({ invariant: 'I1', subject: id, message });
      }
    }
    after = last.id;
  }
  return found;
}

interface AccountSum {
  readonly provider: string;
  readonly merchant_account: string;
  readonly currency: string;
  readonly amount: number;
}

function sumCaptured(db: Reader): Promise<AccountSum[]> {
  return db.query
    .selectFrom('captures')
    .select((select) => [
      'provider',
      'merchant_account',
      'currency',
      select.fn.sum<number>('amount').as('amount'),
    ])
    .where('status', '=', 'succeeded')
    .groupBy(['provider', 'merchant_account', 'currency'])
    .execute();
}

function sumRefunded(db: Reader): Promise<(AccountSum & { readonly paid_from: string | null })[]> {
  return db.query
    .selectFrom('refunds')
    .select((select) => [
      'provider',
      'merchant_account',
      'currency',
      'paid_from',
      select.fn.sum<number>('amount').as('amount'),
    ])
    .where('status', '=', 'succeeded')
    .groupBy(['provider', 'merchant_account', 'currency', 'paid_from'])
    .execute();
}

/**
 * I1: per provider account and currency, captures less refunds and what disputes took are what the clearing account holds;
 * and what people paid out for a provider stands in an account of its own.
 */
async function findUnequalAccounts(db: Reader): Promise<Violation[]> {
  const expected = new Map<string, number>();
  const add = (sign: 1 | -1) => (row: AccountSum & { readonly paid_from?: string | null }) => {
    if (row.paid_from === 'store_credit') {
      // No money has left; that the wallets hold it is checked there.
      return;
    }
    const isPaidOut = row.paid_from === 'payouts';
    const clearing = `clearing:${row.provider}:${row.merchant_account}:${row.currency}`;
    const code = isPaidOut ? `payouts:${row.currency}` : clearing;
    expected.set(code, (expected.get(code) ?? 0) + sign * row.amount);
  };
  (await sumCaptured(db)).forEach(add(1));
  (await sumRefunded(db)).forEach(add(-1));
  (await sumDisputed(db)).forEach(add(-1));
  const balances = (await readBalances(db)).filter(({ kind }) => kind === 'clearing' || kind === 'payouts');
  for (const { account } of balances) {
    expected.set(account, expected.get(account) ?? 0);
  }
  const held = new Map(balances.map(({ account, amount }) => [account, amount]));
  return [...expected]
    .filter(([code, amount]) => amount !== (held.get(code) ?? 0))
    .map(([code, amount]) => ({
      invariant: 'I1',
      subject: code,
      message: `captures less refunds and disputes are ${amount}, the ledger holds ${held.get(code) ?? 0}`,
    }));
}

/** I1: what nobody owed us and is not back yet is what the ledger says we owe our customers. */
async function findUnequalSurplus(db: Reader): Promise<Violation[]> {
  const captured = await db.query
    .selectFrom('captures')
    .select((select) => ['currency', select.fn.sum<number>('surplus_amount').as('amount')])
    .where('status', '=', 'succeeded')
    .groupBy('currency')
    .execute();
  const returned = await db.query
    .selectFrom('refunds')
    .select((select) => ['currency', select.fn.sum<number>('amount').as('amount')])
    .where('status', '=', 'succeeded')
    .where('is_surplus', '=', 1)
    .groupBy('currency')
    .execute();
  const back = new Map(returned.map(({ currency, amount }) => [currency, amount]));
  for (const { currency, amount } of (await sumDisputed(db)).filter((row) => row.is_surplus === 1)) {
    back.set(currency, (back.get(currency) ?? 0) + amount);
  }
  const balances = await readBalances(db);
  const owed = new Map(balances.map(({ account, amount }) => [account, 0 - amount]));
  return captured
    .map(({ currency, amount }) => ({ currency, expected: amount - (back.get(currency) ?? 0) }))
    .filter(({ currency, expected }) => expected !== (owed.get(`customer_surplus:${currency}`) ?? 0))
    .map(({ currency, expected }) => ({
      invariant: 'I1',
      subject: `customer_surplus:${currency}`,
      message: `${expected} of surplus is not back yet, the ledger owes ${owed.get(`customer_surplus:${currency}`) ?? 0}`,
    }));
}

/** I4: the counter of a capture is the sum of our refunds on it, and within what was captured. */
async function findWrongReservations(db: Reader): Promise<Violation[]> {
  const ours = db.query
    .selectFrom('refunds')
    .select((select) => ['capture_id', select.fn.sum<number>('amount').as('reserved')])
    .where('status', 'in', ['reserved', 'sent', 'unknown', 'abnormal', 'succeeded'])
    .where('origin', '<>', 'provider')
    .groupBy('capture_id')
    .as('ours');
  const rows = await db.query
    .selectFrom('captures')
    .leftJoin(ours, 'ours.capture_id', 'captures.id')
    .select(['captures.id as id', 'captures.refund_reserved as counted', 'ours.reserved as reserved'])
    .where((where) =>
      where.or([
        where(
          where.fn.coalesce('ours.reserved', sql<number>`0`),
          '<>',
          where.ref('captures.refund_reserved'),
        ),
        where('captures.refund_reserved', '>', where.ref('captures.amount')),
      ]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ id, counted, reserved }) => ({
    invariant: 'I4',
    subject: id,
    message: `${counted} reserved by its counter, ${reserved ?? 0} by its refunds`,
  }));
}

/** I6: no money of a provider stands under two captures. The unique key says so too; this finds a key that is missing. */
async function findSharedMoney(db: Reader): Promise<Violation[]> {
  const rows = await db.query
    .selectFrom('captures')
    .select((select) => [
      'provider',
      'merchant_account',
      'provider_capture_id',
      select.fn.countAll<number>().as('count'),
    ])
    .where('provider_capture_id', 'is not', null)
    .groupBy(['provider', 'merchant_account', 'provider_capture_id'])
    .having((having) => having.fn.countAll<number>(), '>', 1)
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map(({ provider, provider_capture_id: id, count }) => ({
    invariant: 'I6',
    subject: id ?? '',
    message: `${count} captures at ${provider}`,
  }));
}

/** I4: the counters of an attempt are the sums of its captures, under way and done. */
async function findWrongCounters(db: Reader): Promise<Violation[]> {
  const sums = db.query
    .selectFrom('captures')
    .select((select) => [
      'payment_id',
      select.fn
        .sum<number>(
          select.case().when('status', '=', 'succeeded').then(select.ref('amount')).else(select.lit(0)).end(),
        )
        .as('captured'),
      select.fn
        .sum<number>(
          select
            .case()
            .when('status', 'in', ['requested', 'unknown'])
            .then(select.ref('amount'))
            .else(select.lit(0))
            .end(),
        )
        .as('requested'),
    ])
    .groupBy('payment_id')
    .as('sums');
  const rows = await db.query
    .selectFrom('payments')
    .leftJoin(sums, 'sums.payment_id', 'payments.id')
    .select(['payments.id as id', 'captured_amount', 'capture_requested', 'sums.captured', 'sums.requested'])
    .where((where) =>
      where.or([
        where(where.fn.coalesce('sums.captured', sql<number>`0`), '<>', where.ref('captured_amount')),
        where(where.fn.coalesce('sums.requested', sql<number>`0`), '<>', where.ref('capture_requested')),
      ]),
    )
    .limit(MAX_VIOLATIONS)
    .execute();
  return rows.map((row) => ({
    invariant: 'I4',
    subject: row.id,
    message: `${row.captured_amount} captured and ${row.capture_requested} requested by its counters, ${row.captured ?? 0} and ${row.requested ?? 0} by its captures`,
  }));
}

/** I1 with the ledger, I4, I6 and this module's part of I10. */
export async function checkPayments(db: Reader): Promise<Violation[]> {
  return [
    ...(await findUnbooked(db, 'captures')),
    ...(await findUnbooked(db, 'refunds')),
    ...(await findUnequalAccounts(db)),
    ...(await findUnequalSurplus(db)),
    ...(await findWrongReservations(db)),
    ...(await findWrongCounters(db)),
    ...(await findSharedMoney(db)),
    ...(await checkDisputes(db)),
    ...(await findForgotten(db, { table: 'payments', statuses: OPEN_STATUSES, jobs: ['payment.poll'] })),
    ...(await findForgotten(db, {
      table: 'captures',
      statuses: ['requested', 'unknown'],
      jobs: ['capture.send'],
    })),
    ...(await findForgotten(db, {
      table: 'refunds',
      // An abnormal one too: its poll ends the claim of a provider that was told to finish it.
      statuses: ['reserved', 'sent', 'unknown', 'abnormal'],
      jobs: ['refund.send', 'refund.poll'],
    })),
  ];
}
