import { PassThrough, Readable } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestIdentity, PASSWORD, type TestIdentity } from '../../test/harness/identity.ts';
import type { Config } from '../kernel/config/index.ts';
import { silentLogger } from '../kernel/log/index.ts';
import { addUserCommands, type Terminal } from './user.ts';

describe('suanpan user', () => {
  let shop: TestIdentity;
  beforeAll(async () => {
    shop = await openTestIdentity();
  });
  afterAll(() => shop.close());

  /** Runs the command beside the running shop and answers what it printed. */
  async function run(command: string, terminal: Partial<Terminal> = {}): Promise<string> {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const program = new Command('suanpan').exitOverride();
    const { db, clock } = shop;
    const config = { shop: { currency: 'CNY', hasDemoData: false } } as Config;
    const context = { db, clock, config, log: silentLogger, close: async () => undefined };
    addUserCommands(program, async () => context, {
      input: Readable.from([]),
      output: new PassThrough(),
      ...terminal,
    });
    try {
      await program.parseAsync(['user', ...command.split(' ')], { from: 'user' });
      return printed.mock.calls.map(([line]) => String(line)).join('\n');
    } finally {
      printed.mockRestore();
    }
  }

  const piped = (text: string): Partial<Terminal> => ({ input: Readable.from([text]) });

  test('an administrator is created with a password that was piped in', async () => {
    const printed = await run('create Operator --role administrator', piped(`${PASSWORD}\n`));
    expect(printed).toMatch(/^usr_\w+ {2}active {5}administrator {2}never logged in {2}Operator$/);
    expect((await shop.logIn('operator')).body.data.user.roles).toEqual(['administrator']);
    expect(await run('list --staff')).toContain('Operator');
    expect(await run('list --search nobody')).toBe('No account found.');
  });

  test('a forgotten password is set in a terminal without showing it, and ends the sessions', async () => {
    const { body } = await shop.register('forgetful');
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    let shown = '';
    output.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    input.write('battery staple\r');
    expect(await run('set-password forgetful@example.com', { input, output })).toContain('forgetful is set');
    expect(shown).toBe('New password: \n');
    expect((await shop.logIn('forgetful', 'battery staple')).status).toBe(200);
    const token = body.data.tokens.accessToken;
    expect((await shop.api.call('GET /users/me', { token })).status).toBe(401);
  });

  test('a lock-out is lifted and a role is granted by name', async () => {
    await shop.register('promoted');
    for (let n = 0; n < 5; n += 1) {
      await shop.logIn('promoted', 'wrong password');
    }
    expect((await shop.logIn('promoted')).status).toBe(423);
    expect(await run('unlock PROMOTED')).toBe('promoted can log in again.');
    expect(await run('grant-role promoted administrator')).toContain('administrator,customer');
    const { body } = await shop.logIn('promoted');
    const token = body.data.tokens.accessToken;
    expect((await shop.api.call('GET /admin/staff', { token })).status).toBe(200);
  });

  test('what is wrong is said in one line', async () => {
    await expect(run('unlock nobody')).rejects.toMatchObject({
      name: 'CommandError',
      message: 'There is no such account; `npx suanpan user list` shows them.',
    });
    await expect(run('create ab', piped(PASSWORD))).rejects.toThrow(/^username: Too small/);
    await expect(run('create someone', piped('short'))).rejects.toThrow(/^password: Too small/);
    await expect(run('set-password Operator', piped('short'))).rejects.toThrow(/^password: Too small/);
    await expect(run('create someone')).rejects.toThrow('No password came in');
    await expect(run('create someone --role emperor', piped(PASSWORD))).rejects.toThrow(
      'There is no such role for staff.',
    );
  });
});
