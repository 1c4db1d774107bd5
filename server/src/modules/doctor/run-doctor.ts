/** Checks the whole database against every invariant; changes nothing. */
import { type Clock, toIso } from '../../kernel/clock.ts';
import type { Db, Reader, TableName } from '../../kernel/db/index.ts';
import { checkStatements } from '../bank-statements/index.ts';
import { checkCash } from '../cash-remittances/index.ts';
import { checkCoins } from '../coins/index.ts';
import { checkStock } from '../inventory/index.ts';
import { checkInvites } from '../invites/index.ts';
import { checkLedger } from '../ledger/index.ts';
import { checkOrders } from '../orders/index.ts';
import { checkPayments } from '../payments/index.ts';
import { checkReconciliation } from '../reconciliation/index.ts';
import { checkTopups } from '../topups/index.ts';
import { checkWallets } from '../wallet/index.ts';
import { checkHistory } from './check-history.ts';
import { checkKeys } from './check-keys.ts';
import { checkReservations } from './check-reservations.ts';
import type { Violation } from './invariants.ts';

const COUNTED = {
  orders: 'orders',
  payments: 'payments',
  captures: 'captures',
  refunds: 'refunds',
  ledgerTransfers: 'ledger_transfers',
  wallets: 'wallets',
  stockItems: 'stock_items',
  historySteps: 'state_history',
  jobs: 'jobs',
} as const satisfies Record<string, TableName>;

/** How many rows of each kind were looked at. */
export type DoctorCounts = Readonly<Record<keyof typeof COUNTED, number>>;

/** What one examination has found. */
export interface DoctorReport {
  /** Whether every invariant holds. */
  readonly ok: boolean;
  /** ISO 8601. */
  readonly checkedAt: string;
  readonly durationMs: number;
  readonly counts: DoctorCounts;
  /** At most a hundred for each thing that is looked at. */
  readonly violations: readonly Violation[];
}

const CHECKS: readonly ((db: Reader) => Promise<readonly Violation[]>)[] = [
  checkLedger,
  checkPayments,
  checkReconciliation,
  checkOrders,
  checkTopups,
  checkStock,
  checkReservations,
  checkHistory,
  checkKeys,
  checkStatements,
  checkCash,
  checkInvites,
  checkWallets,
  checkCoins,
];

async function countRows(db: Reader): Promise<DoctorCounts> {
  const counted: [string, number][] = [];
  for (const [name, table] of Object.entries(COUNTED)) {
    const { total } = await db.query
      .selectFrom(table)
      .select((select) => select.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    counted.push([name, total]);
  }
  return Object.fromEntries(counted) as DoctorCounts;
}

/** Reads everything from one snapshot, so that a running server does not look like an inconsistent one (RULES 36). */
export function runDoctor(db: Db, clock: Clock): Promise<DoctorReport> {
  const startedAt = clock.now();
  return db.snapshot(async (reader) => {
    const counts = await countRows(reader);
    const violations: Violation[] = [];
    for (const check of CHECKS) {
      violations.push(...(await check(reader)));
    }
    return {
      ok: violations.length === 0,
      checkedAt: toIso(startedAt),
      durationMs: clock.now() - startedAt,
      counts,
      violations,
    };
  });
}
