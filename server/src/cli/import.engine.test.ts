import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestDb } from '../../test/harness/database.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config/index.ts';
import { openDb } from '../kernel/db/index.ts';
import { newId } from '../kernel/ids.ts';
import { silentLogger } from '../kernel/log/index.ts';
import { addImportCommands } from './import.ts';

const FILE = fileURLToPath(new URL('../../test/fixtures/shopify/shopify-apparel.csv', import.meta.url));

describe('suanpan import products', () => {
  let db: Awaited<ReturnType<typeof openTestDb>>;
  beforeAll(async () => {
    db = await openTestDb({ clock: systemClock });
  });
  afterEach(() => {
    process.exitCode = undefined;
  });
  afterAll(() => db.close());

  async function run(args: readonly string[], piped = ''): Promise<string> {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const program = new Command('suanpan').exitOverride();
    const config = { shop: { currency: 'CNY', hasDemoData: false } } as Config;
    const context = { db, clock: systemClock, config, log: silentLogger, close: async () => undefined };
    addImportCommands(program, async () => context, Readable.from([piped]));
    await program.parseAsync(['import', 'products', ...args], { from: 'user' });
    const text = printed.mock.calls.map(([line]) => String(line)).join('\n');
    printed.mockRestore();
    return text;
  }

  test('a dry run, an import and the same import again say what they do', async () => {
    expect(await run([FILE, '--dry-run'])).toContain('nothing was written');
    expect(await run([FILE, '--verbose'])).toContain('classic-varsity-top [classic-varsity-top/Small]');
    expect(await run([FILE])).toContain('products  0 created, 0 updated, 20 unchanged, 0 failed');
    expect(process.exitCode).toBeUndefined();
  });

  test('beside a server that writes all the time, neither loses anything', async () => {
    const server = await openDb(db.url, { clock: systemClock });
    let isImporting = true;
    let written = 0;
    const serve = async () => {
      while (isImporting) {
        const row = { id: newId('brd'), slug: newId('slug'), name: 'made by the server', created_at: 0 };
        await server.tx('serve', (tx) => tx.query.insertInto('brands').values(row).execute());
        written += 1;
      }
    };
    const serving = serve();
    const lines = Array.from({ length: 200 }, (_, n) => `beside-${n},Beside ${n},1\n`);
    const printed = await run(['-'], `Handle,Title,Price\n${lines.join('')}`);
    isImporting = false;
    await serving;
    expect(printed).toContain('products  200 created, 0 updated, 0 unchanged, 0 failed');
    const brands = await db.query
      .selectFrom('brands')
      .select('id')
      .where('name', '=', 'made by the server')
      .execute();
    expect(brands).toHaveLength(written);
    expect(written).toBeGreaterThan(0);
    await server.close();
  });

  test('a failed product is named with its line, and the command ends with 1', async () => {
    const file = 'Handle,Title,Variant Price\nfine,Fine,1\nodd,Odd\u001b[2J,1.234\n';
    const printed = await run(['-', '--currency', 'usd'], file);
    expect(printed).toContain('line     3  failed     odd');
    expect(printed).toContain('"1.234" is no amount of USD');
    expect(printed).not.toContain('\u001b');
    expect(process.exitCode).toBe(1);
  });

  test('a file that is not there or has no price column is refused in one line', async () => {
    await expect(run(['no-such-file.csv'])).rejects.toThrow('There is no file no-such-file.csv');
    await expect(run(['-'], 'Handle,Title\na,b\n')).rejects.toThrow('missing: Variant Price');
  });
});
