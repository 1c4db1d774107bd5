import { MINUTE_MS } from '../../src/kernel/clock.ts';
import { type Db, TransactionConflict, type Tx } from '../../src/kernel/db/index.ts';
import { AppError, defineError, notFound } from '../../src/kernel/errors.ts';
import type { PurposeOwner } from '../../src/modules/payments/index.ts';

declare module '../../src/kernel/db/types.ts' {
  interface Schema {
    /** Only in tests of payments: what is paid for. */
    test_purchases: {
      id: string;
      status: 'pending' | 'confirmed' | 'closed';
      is_closing: number;
      amount: number;
      promised: number;
      fulfilments: number;
      authorised: number;
      voided: number;
      closed: number;
      failed: number;
      refund_done: number;
      refund_under_way: number;
      description: string;
      expires_at: number;
    };
  }
}

export const purchaseClosed = defineError({
  code: 'test_purchase_closed',
  status: 409,
  message: { en: 'closed', zh: '已关闭' },
});

const KEYS: Readonly<Record<string, string>> = {
  sqlite: 'TEXT',
  postgres: 'VARCHAR(64)',
  mysql: 'VARCHAR(64)',
};

/** Creates the table of the fake owner. */
export function createPurchases(db: Db): Promise<unknown> {
  const key = KEYS[db.engine];
  const numbers = [
    'is_closing',
    'amount',
    'promised',
    'fulfilments',
    'authorised',
    'voided',
    'closed',
    'failed',
    'refund_done',
    'refund_under_way',
    'expires_at',
  ];
  const columns = numbers.map((name) => `${name} BIGINT NOT NULL`).join(', ');
  return db.administer((connection) =>
    connection.run(
      `CREATE TABLE test_purchases (id ${key} PRIMARY KEY, status ${key} NOT NULL, description ${key} NOT NULL, ${columns})`,
      [],
    ),
  );
}

type Counter = 'promised' | 'fulfilments' | 'authorised' | 'voided' | 'closed' | 'failed';

async function count(tx: Tx, id: string, column: Counter): Promise<void> {
  await tx.query
    .updateTable('test_purchases')
    .set((set) => ({ [column]: set(column, '+', 1) }))
    .where('id', '=', id)
    .execute();
}

async function read(tx: Tx, id: string) {
  const row = await tx.query.selectFrom('test_purchases').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) {
    throw new AppError(notFound);
  }
  return row;
}

const RENEWED_MS = 15 * MINUTE_MS;

/** Gives the payer until `until`, never less than they have. */
async function extend(tx: Tx, id: string, until: number): Promise<number> {
  const { expires_at: present } = await read(tx, id);
  const expiresAt = Math.max(present, until);
  await tx.query.updateTable('test_purchases').set({ expires_at: expiresAt }).where('id', '=', id).execute();
  return expiresAt;
}

/** Sells one thing and fulfils it when it is paid; counts what it is told. */
export function createFakeOwner(): PurposeOwner {
  const isOpen = (row: { status: string; is_closing: number }) =>
    row.status === 'pending' && row.is_closing === 0;
  return {
    type: 'order',
    lock: async (tx, id) => void (await tx.lock('test_purchases', id)),
    async claimForAttempt(tx, id, windowMs) {
      const row = await read(tx, id);
      if (!isOpen(row)) {
        throw new AppError(purchaseClosed);
      }
      return {
        amount: { amount: row.amount, currency: 'CNY' },
        kind: 'goods',
        description: row.description,
        customerId: 'usr_buyer',
        expiresAt: await extend(tx, id, tx.now + (windowMs ?? 0)),
        country: null,
      };
    },
    renew: (tx, id) => extend(tx, id, tx.now + RENEWED_MS),
    closeWhenDue: () => Promise.resolve(),
    async wantsHold(tx, { id }) {
      const row = await read(tx, id);
      return row.is_closing === 0 && row.status !== 'closed';
    },
    async onPromised(tx, { purpose }) {
      await count(tx, purpose.id, 'promised');
      return 'honoured';
    },
    isPayable: async (tx, id) => isOpen(await read(tx, id)),
    async onAuthorised(tx, { purpose }) {
      await count(tx, purpose.id, 'authorised');
      return (await read(tx, purpose.id)).status === 'pending' ? 'honoured' : 'surplus';
    },
    async onSucceeded(tx, { purpose }) {
      const { numUpdatedRows } = await tx.query
        .updateTable('test_purchases')
        .set((set) => ({ status: 'confirmed' as const, fulfilments: set('fulfilments', '+', 1) }))
        .where('id', '=', purpose.id)
        .where('status', '=', 'pending')
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows) === 1 ? 'honoured' : 'surplus';
    },
    onFailed: (tx, { purpose }) => count(tx, purpose.id, 'failed'),
    onClosed: (tx, { purpose }) => count(tx, purpose.id, 'closed'),
    onVoided: (tx, { purpose }) => count(tx, purpose.id, 'voided'),
    onRefundReserved: (tx, refund) => recordRefund(tx, refund),
    onRefundChanged: (tx, refund) => recordRefund(tx, refund),
    onDisputeChanged: () => Promise.resolve(),
  };
}

async function recordRefund(
  tx: Tx,
  refund: { purpose: { id: string }; refundedDone: number; refundedUnderWay: number },
): Promise<void> {
  const { numUpdatedRows } = await tx.query
    .updateTable('test_purchases')
    .set({ refund_done: refund.refundedDone, refund_under_way: refund.refundedUnderWay })
    .where('id', '=', refund.purpose.id)
    .executeTakeFirstOrThrow();
  if (Number(numUpdatedRows) !== 1) {
    throw new TransactionConflict('the purchase has gone');
  }
}
