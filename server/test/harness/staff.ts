import { newId, randomCode } from '../../src/kernel/ids.ts';
import { createAccountAdministration } from '../../src/modules/identity/index.ts';
import type { TestApp } from './app.ts';

const PASSWORD = 'many-beads-on-a-rod';

export interface TestStaff {
  readonly userId: string;
  readonly token: string;
}

/** Somebody of the staff with these permissions, logged in. */
export async function newStaff(app: TestApp, permissions: readonly string[]): Promise<TestStaff> {
  const role = `role_${randomCode(8)}`;
  const accounts = createAccountAdministration({ db: app.db, currency: 'CNY' });
  await app.db.tx('test.role', (tx) =>
    tx.query
      .insertInto('roles')
      .values({
        name: role,
        is_staff: 1,
        permissions: JSON.stringify(permissions),
        description: 'for a test',
      })
      .execute(),
  );
  const username = `clerk_${newId('usr').slice(-8)}`;
  await accounts.create({ username, email: null, password: PASSWORD, role });
  const { status, body } = await app.call('POST /users/login', {
    body: { identifier: username, password: PASSWORD },
  });
  if (status !== 200) {
    throw new Error(`the clerk can not log in: ${JSON.stringify(body)}`);
  }
  return { userId: body.data.user.id, token: body.data.tokens.accessToken };
}
