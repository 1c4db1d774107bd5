import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import type { BillRow } from '../../gateways/gateway.ts';
import { systemActor } from '../../kernel/actor.ts';
import { createFakeClock, HOUR_MS } from '../../kernel/clock.ts';
import type { Db, Reader } from '../../kernel/db/index.ts';
import { silentLogger } from '../../kernel/log/index.ts';
import { createLedger } from '../ledger/index.ts';
import type { Book, BookedMoney } from '../payments/index.ts';
import { type BillSource, createReconciliation } from './index.ts';

const FROM = Date.UTC(2026, 6, 1);

function moneyAt(index: number): BookedMoney {
  const id = String(index).padStart(6, '0');
  return {
    ...{ type: 'payment', id: `cap_${id}`, number: `pay_${id}`, paymentNumber: `pay_${id}` },
    ...{ transactionId: `t${id}`, merchantAccount: 'm', amount: { amount: 100, currency: 'CNY' } },
    ...{ status: 'succeeded', occurredAt: FROM + 2 * HOUR_MS + index, fee: 1, ledgerAmount: 100 },
  };
}

/** A book in memory that counts how often it is asked. */
function createBook(size: number) {
  const all = Array.from({ length: size }, (_, index) => moneyAt(index));
  const byTransaction = new Map(all.map((money) => [money.transactionId, money]));
  const counted = { calls: 0 };
  const book: Book = {
    type: 'payment',
    async find(_db, _account, keys) {
      counted.calls += 1;
      return keys.flatMap(({ transactionId }) => byTransaction.get(transactionId) ?? []);
    },
    async page(_db, _account, { after, limit }) {
      counted.calls += 1;
      const begin = after === null ? 0 : all.findIndex(({ id }) => id === after.id) + 1;
      return all.slice(begin, begin + limit);
    },
  };
  return { book, all, counted };
}

async function* toBill(all: readonly BookedMoney[]): AsyncGenerator<BillRow> {
  for (const { number, transactionId, amount, fee, occurredAt } of all) {
    yield {
      ...{ type: 'payment', number, paymentNumber: null, transactionId: transactionId ?? '', amount, fee },
      ...{ status: 'succeeded', occurredAt, merchantAccount: 'm' },
    };
  }
}

describe('what a day costs', () => {
  const clock = createFakeClock(FROM + 40 * HOUR_MS);
  let db: Db;
  beforeAll(async () => {
    db = await openTestDb({ clock, rehearse: false });
  });
  afterAll(() => db.close());

  /** How many statements and look-ups a day of so many lines takes. */
  async function countFor(provider: string, size: number): Promise<number> {
    const { book, all, counted } = createBook(size);
    let reads = 0;
    const counting = new Proxy(db, {
      get(target, name: keyof Reader) {
        if (name === 'query' || name === 'run') {
          reads += 1;
        }
        return target[name];
      },
    });
    const source: BillSource = {
      ...{ provider, merchantAccount: 'm', timeZone: 'UTC', readyAtHour: 10, maxAgeDays: 9 },
      downloadBill: async () => ({ outcome: 'ready', rows: toBill(all) }),
    };
    const reconciliation = createReconciliation({
      ...{ db: counting, clock, log: silentLogger, ledger: createLedger({ db, clock }), books: [book] },
      payments: { askAgain: async () => 'not_ours' },
      sources: [source],
    });
    const { report } = await reconciliation.reconcile(source, '2026-07-01', systemActor('test'));
    expect(report).toMatchObject({ counts: [], sums: [{ bill_count: size, here_count: size }] });
    return reads + counted.calls;
  }

  test('grows with its lines and not faster: four times as many take four times as many reads', async () => {
    const few = await countFor('few', 1_000);
    const many = await countFor('many', 4_000);
    expect(many / few).toBeLessThan(4.2);
    expect(many).toBeLessThan(4_000 / 10);
  });
});
