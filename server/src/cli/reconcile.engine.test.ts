import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFakeBills, type FakeBills, honestBill, wireReconciliation } from '../../test/harness/bills.ts';
import { openPaymentsBench, type PaymentsBench } from '../../test/harness/payments.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { addReconcileCommand } from './reconcile.ts';

const DAY = '2026-07-01';

describe('suanpan reconcile', () => {
  let bench: PaymentsBench;
  let bills: FakeBills;
  beforeAll(async () => {
    bench = await openPaymentsBench();
    bills = createFakeBills();
    await bench.buy(12_345);
    bench.clock.advance(DAY_MS);
  });
  afterEach(() => {
    process.exitCode = undefined;
    bills.files.clear();
  });
  afterAll(() => bench.closeBench());

  async function run(args: string): Promise<{ code: unknown; printed: string }> {
    const lines: string[] = [];
    const spies = (['log', 'error'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((line) => void lines.push(String(line))),
    );
    const { reconciliation } = wireReconciliation(bench, bills);
    const program = new Command('suanpan').exitOverride();
    addReconcileCommand(program, async () => ({ reconciliation, close: async () => undefined }));
    await program.parseAsync(['reconcile', ...args.split(' ')], { from: 'user' });
    for (const spy of spies) {
      spy.mockRestore();
    }
    return { code: process.exitCode, printed: lines.join('\n') };
  }

  test('a day that agrees ends with 0, one that does not with 1, and one without a bill with 2', async () => {
    const rows = await honestBill(bench.db, { from: 0, to: bench.clock.now() });
    bills.files.set(DAY, rows);
    const clean = await run(`--provider fake_pay --date ${DAY}`);
    expect(clean.code).toBe(0);
    expect(clean.printed).toContain('bill 1 × 123.45 CNY, here 1 × 123.45 CNY, the ledger agrees');
    bills.files.set(DAY, []);
    const different = await run(`--provider fake_pay --date ${DAY} --json`);
    expect(different.code).toBe(1);
    expect(JSON.parse(different.printed)).toMatchObject({
      outcome: 'done',
      differences: [{ kind: 'missing_there', state: 'open', count: 1 }],
    });
    bills.files.clear();
    const waiting = await run(`--provider fake_pay --date ${DAY}`);
    expect(waiting).toMatchObject({ code: 2, printed: expect.stringContaining('is not there yet') });
  });

  test('a provider without bills, a day that is not over and a word that is no date are refused in one line', async () => {
    expect(await run(`--provider nobody --date ${DAY}`)).toMatchObject({
      code: 2,
      printed: 'There is no bill of nobody to be had. Accounts with bills: fake_pay (1900000001).',
    });
    expect(await run('--provider fake_pay --date 2026-07-02')).toMatchObject({
      code: 2,
      printed: expect.stringContaining('"newest":"2026-07-01"'),
    });
    expect((await run('--provider fake_pay --date yesterday')).printed).toContain('is no date');
  });
});
