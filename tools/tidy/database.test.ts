import { describe, expect, test } from 'vitest';
import { mandatoryTx, portableSql, tableOwners } from './database.ts';
import { type Rule, toProjectFile } from './project.ts';

const MODULE = 'server/src/modules/orders/repository.ts';

const messages = (rule: Rule, path: string, text: string) =>
  rule([toProjectFile(path, text)]).map(({ message }) => message);

describe('portable-sql', () => {
  test.each(['returning', 'onConflict', 'onDuplicateKeyUpdate', 'ignore', 'forUpdate', 'skipLocked'])(
    'a module may not call .%s(), the kernel may',
    (method) => {
      const text = `await tx.query.selectFrom('orders').${method}().execute();`;
      expect(messages(portableSql, MODULE, text)).toHaveLength(1);
      expect(messages(portableSql, 'server/src/kernel/jobs/claim.ts', text)).toEqual([]);
    },
  );

  test('what the engines read differently is found in raw SQL too', () => {
    expect(messages(portableSql, MODULE, 'sql`SELECT a || b FROM orders`')).toHaveLength(1);
    expect(messages(portableSql, MODULE, 'sql<number>`total / 2`')).toHaveLength(1);
    expect(messages(portableSql, MODULE, 'sql`INSERT IGNORE INTO orders`')).toHaveLength(1);
    expect(messages(portableSql, MODULE, 'sql`quantity + 1`')).toEqual([]);
  });

  test('names that objects inherit are not taken for SQL', () => {
    expect(messages(portableSql, MODULE, 'order.toString(); order.hasOwnProperty(key);')).toEqual([]);
  });
});

describe('table-owners', () => {
  const tables = toProjectFile(
    'server/src/modules/orders/tables.ts',
    "declare module '../../kernel/db/index.ts' { interface Schema { orders: OrderRow; order_lines: LineRow } }",
  );
  const writes = (path: string, text: string) => tableOwners([tables, toProjectFile(path, text)]);

  test.each([
    "tx.query.insertInto('orders').values(row)",
    "tx.query.updateTable('orders as o').set(change)",
    "tx.query.deleteFrom('order_lines')",
    "tx.insertOnce('orders', row)",
    "statement('UPDATE orders SET status = ?')",
    'tx.run(`DELETE FROM order_lines WHERE id = 1`)',
  ])('only the owner may write %s', (text) => {
    expect(writes('server/src/modules/payments/apply.ts', text)).toHaveLength(1);
    expect(writes('server/src/modules/orders/apply.ts', text)).toEqual([]);
    expect(writes('server/test/doctor.test.ts', text)).toEqual([]);
  });

  test('everybody may read a table', () => {
    expect(writes('server/src/modules/payments/read.ts', "db.query.selectFrom('orders')")).toEqual([]);
  });

  test('a table has one owner and a name in snake_case', () => {
    const again = 'interface Schema { orders: Row; orderHistory: Row }';
    expect(writes('server/src/modules/payments/tables.ts', again).map(({ message }) => message)).toEqual([
      expect.stringContaining('declared in server/src/modules/orders/ too'),
      expect.stringContaining('not orderHistory'),
    ]);
  });
});

describe('mandatory-tx', () => {
  test.each([
    'function pay(tx?: Tx) {}',
    'function pay(tx: Tx | undefined) {}',
    'function pay(transaction: Tx | null) {}',
    'const pay = (id: string, tx = db) => id;',
    'interface Options { tx?: Tx }',
  ])('the transaction may not be left out: %s', (text) => {
    expect(messages(mandatoryTx, MODULE, text)).toHaveLength(1);
  });

  test('a mandatory transaction and a callback that takes one are fine', () => {
    expect(messages(mandatoryTx, MODULE, 'function pay(tx: Tx, note?: string) {}')).toEqual([]);
    expect(messages(mandatoryTx, MODULE, 'interface Hooks { onPaid?: (tx: Tx) => Promise<void> }')).toEqual(
      [],
    );
  });
});
