import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openTestDb } from '../../test/harness/database.ts';
import { createFakeClock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config/index.ts';
import { silentLogger } from '../kernel/log/index.ts';
import { createAccountAdministration } from '../modules/identity/index.ts';
import { addImportCommands } from './import.ts';

const clock = createFakeClock(Date.parse('2026-11-21T08:00:00Z'));
const folder = mkdtempSync(join(tmpdir(), 'suanpan-statement-'));
let db: Awaited<ReturnType<typeof openTestDb>>;

beforeAll(async () => {
  db = await openTestDb({ clock });
  await createAccountAdministration({ db, currency: 'CNY' }).create({
    ...{ username: 'bookkeeper', email: null, password: 'many-beads-on-a-rod', role: 'administrator' },
  });
});
afterEach(() => {
  process.exitCode = undefined;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await db.close();
});

async function run(csv: string, { as = 'bookkeeper', account = 'main' } = {}): Promise<string> {
  const file = join(folder, 'statement.csv');
  writeFileSync(file, csv);
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const program = new Command('suanpan').exitOverride();
    const accounts = [{ id: 'main', name: 'Suanpan', bank: 'Bank', number: '1', currency: 'CNY' }];
    const config = {
      shop: { currency: 'CNY' },
      bankTransfer: { accounts, windowDays: 3 },
    } as unknown as Config;
    addImportCommands(program, async () => ({
      config,
      db,
      clock,
      log: silentLogger,
      close: async () => undefined,
    }));
    const args = ['import', 'bank-statement', file, '--account', account, '--as', as];
    await program.parseAsync(args, { from: 'user' });
    return printed.mock.calls.map(([line]) => String(line)).join('\n');
  } finally {
    printed.mockRestore();
  }
}

test('a statement is imported in the name of a member of staff, and again without effect', async () => {
  const csv = 'Date,Amount,Description\n2026-11-20,5.00,tea\n2026-11-20,-1.00,fee\n';
  const first = await run(csv);
  expect(first).toContain('line     2  unmatched (unknown_code)  5.00 CNY');
  expect(first).toContain('0 matched, 1 unmatched, 1 recorded, 0 known, 0 changed');
  expect(await run(csv)).toBe('0 matched, 0 unmatched, 0 recorded, 2 known, 0 changed');
  const lines = await db.query.selectFrom('bank_statement_lines').selectAll().execute();
  expect(lines.map(({ imported_by: by }) => by.startsWith('usr_'))).toEqual([true, true]);
  expect(process.exitCode).toBeUndefined();
});

test('a file with a wrong line, a stranger and an unknown account import nothing', async () => {
  expect(await run('Date,Amount\n2026-11-20,many\n')).toContain('Nothing was imported.');
  expect(process.exitCode).toBe(1);
  await expect(run('Date,Amount\n2026-11-20,1\n', { as: 'stranger' })).rejects.toThrow('nobody of the staff');
  await expect(run('Date,Amount\n2026-11-20,1\n', { account: 'x' })).rejects.toThrow('no bank account');
});
