import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { ZodError } from 'zod';
import { AppError, isError, notFound } from '../kernel/errors.ts';
import { type AccountAdministration, createAccountAdministration } from '../modules/identity/index.ts';
import { type CliContext, CommandError } from './context.ts';

type Account = Awaited<ReturnType<AccountAdministration['create']>>;

const MAX_LISTED = 1_000;

/** Where a password is read from. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/** Asks without showing what is typed. */
async function askPassword({ input, output }: Terminal): Promise<string> {
  output.write('New password: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    output.write('\n');
  }
}

/** The first line of what is piped in. */
async function readPiped({ input }: Terminal): Promise<string> {
  const lines = createInterface({ input });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new CommandError('No password came in; pipe it in as one line, or run this in a terminal.');
}

/** Never an argument, which every other user of the machine could read. */
function readPassword(terminal: Terminal): Promise<string> {
  return terminal.input.isTTY ? askPassword(terminal) : readPiped(terminal);
}

function explain(error: unknown): unknown {
  if (error instanceof ZodError) {
    const said = error.issues.map(({ path, message }) => `${path.join('.') || 'password'}: ${message}`);
    return new CommandError(said.join('; '));
  }
  if (isError(error, notFound)) {
    return new CommandError('There is no such account; `npx suanpan user list` shows them.');
  }
  return error instanceof AppError ? new CommandError(error.message) : error;
}

function describe({ id, username, email, status, roles, lastLoginAt }: Account): string {
  const name = [username, email].filter((part) => part !== null).join(' ');
  return [id, status.padEnd(9), roles.join(','), lastLoginAt ?? 'never logged in', name].join('  ');
}

/** Runs the work on an opened database and prints what came of it. */
type Work = (run: (accounts: AccountAdministration) => Promise<string>) => Promise<void>;

function createWork(open: () => Promise<CliContext>): Work {
  return async (run) => {
    const { db, config, close } = await open();
    try {
      const accounts = createAccountAdministration({ db, currency: config.shop.currency });
      console.log(await run(accounts));
    } catch (error) {
      throw explain(error);
    } finally {
      await close();
    }
  };
}

function addListAndCreate(user: Command, work: Work, terminal: Terminal): void {
  user
    .command('list')
    .description(`list accounts, newest first, at most ${MAX_LISTED}`)
    .option('--search <text>', 'a part of a name, e-mail address, phone number or id')
    .option('--staff', 'staff only')
    .action(({ search, staff }: { search?: string; staff?: boolean }) =>
      work(async (accounts) => {
        const kind = staff ? ('staff' as const) : undefined;
        const found = await accounts.list({ search, kind, limit: MAX_LISTED });
        return found.length === 0 ? 'No account found.' : found.map(describe).join('\n');
      }),
    );

  user
    .command('create <username>')
    .description('create an account; the password is asked for, or piped in as one line')
    .option('--email <address>')
    .option('--role <role>', 'customer, or a role for staff such as administrator', 'customer')
    .action((username: string, { email = null, role }: { email?: string | null; role: string }) =>
      work(async (accounts) => {
        const password = await readPassword(terminal);
        return describe(await accounts.create({ username, email, role, password }));
      }),
    );
}

function addChanges(user: Command, work: Work, terminal: Terminal): void {
  user
    .command('unlock <user>')
    .description('lift the lock-out after failed logins (id, username or e-mail address)')
    .action((name: string) =>
      work(async (accounts) => {
        const { username, id } = await accounts.unlock(name);
        return `${username ?? id} can log in again.`;
      }),
    );

  user
    .command('set-password <user>')
    .description('set a password and end all sessions; it is asked for, or piped in as one line')
    .action((name: string) =>
      work(async (accounts) => {
        const { username, id } = await accounts.setPassword(name, await readPassword(terminal));
        return `The password of ${username ?? id} is set; all sessions have ended.`;
      }),
    );

  user
    .command('grant-role <user> <role>')
    .description('give a role for staff')
    .action((name: string, role: string) =>
      work(async (accounts) => describe(await accounts.grantRole(name, role))),
    );
}

/** `suanpan user list|create|unlock|set-password|grant-role` */
export function addUserCommands(
  program: Command,
  open: () => Promise<CliContext>,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): void {
  const user = program.command('user').description('accounts, also while a server runs');
  const work = createWork(open);
  addListAndCreate(user, work, terminal);
  addChanges(user, work, terminal);
}
