import type { FakeClock } from '../../src/kernel/clock.ts';
import { createFakeClock } from '../../src/kernel/clock.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import { silentLogger } from '../../src/kernel/log/index.ts';
import { createIdentity, type Identity } from '../../src/modules/identity/index.ts';
import { acceptInvite } from '../../src/modules/invites/index.ts';
import { findBuyers } from '../../src/modules/orders/index.ts';
import { openTestApi, type TestAnswer, type TestApi } from './api.ts';
import { openTestDb } from './database.ts';

export const PASSWORD = 'correct horse';

/** A shop with accounts, served by the real routes; the clock stands still until a test moves it. */
export interface TestIdentity {
  readonly db: Db;
  readonly clock: FakeClock;
  readonly identity: Identity;
  readonly api: TestApi;
  /** Registers `NAME` with the e-mail address `NAME@example.com` and {@link PASSWORD}. */
  register(name: string): Promise<TestAnswer>;
  logIn(identifier: string, password?: string, ip?: string): Promise<TestAnswer>;
  /** The access token of an administrator. */
  administrator(): Promise<string>;
  close(): Promise<void>;
}

export async function openTestIdentity(): Promise<TestIdentity> {
  const clock = createFakeClock(Date.parse('2026-03-01T00:00:00Z'));
  const db = await openTestDb({ clock });
  const identity = createIdentity({
    db,
    clock,
    log: silentLogger,
    config: {
      tokens: { accessMs: 15 * 60_000, refreshMs: 7 * 86_400_000 },
      secrets: { jwt: 'j'.repeat(32), app: 'a'.repeat(32), adminPassword: null },
      shop: { currency: 'CNY', hasDemoData: false },
    },
    acceptInvite,
    findBuyers,
  });
  const { registerRoutes, authenticate } = identity;
  const api = await openTestApi({ db, clock, registerRoutes, authenticate });

  const logIn: TestIdentity['logIn'] = (identifier, password = PASSWORD, ip = '192.0.2.1') =>
    api.call('POST /users/login', { body: { identifier, password }, ip });

  return {
    db,
    clock,
    identity,
    api,
    logIn,
    register: (name) =>
      api.call('POST /users/register', {
        body: { username: name, email: `${name}@example.com`, password: PASSWORD },
      }),
    async administrator() {
      await identity.ensureAdministrator(PASSWORD);
      return (await logIn('admin')).body.data.tokens.accessToken as string;
    },
    async close() {
      await api.close();
      await db.close();
    },
  };
}
