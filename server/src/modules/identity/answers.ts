import { z } from 'zod';
import type { Reader } from '../../kernel/db/index.ts';
import type { Pagination } from '../../kernel/http/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import { listUsers, rolesOf, rolesOfAll, type UserFilter } from './queries.ts';
import type { StartedSession } from './sessions.ts';
import type { UserRow } from './tables.ts';
import { toUserView, type UserView, userView } from './user.ts';

/** What a registration and every kind of login answer. */
export const sessionView = z.object({
  user: userView,
  tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }),
});

export type SessionView = z.infer<typeof sessionView>;

/** Signs the access token of a session that has begun, after its transaction. */
export async function issueTokens(
  db: Reader,
  tokens: AccessTokens,
  { user, sessionId, refreshToken }: StartedSession,
): Promise<SessionView> {
  const { roles } = await rolesOf(db, user.id);
  const accessToken = await tokens.sign(user.id, sessionId);
  return { user: toUserView(user, roles), tokens: { accessToken, refreshToken } };
}

/** One page of the accounts of a kind, as staff sees them. */
export async function listAccounts(
  db: Reader,
  filter: UserFilter,
  kind: UserRow['kind'],
): Promise<{ readonly items: UserView[]; readonly pagination: Pagination }> {
  const { rows, pagination } = await listUsers(db, { ...filter, kind });
  const roles = await rolesOfAll(
    db,
    rows.map(({ id }) => id),
  );
  return { items: rows.map((row) => toUserView(row, roles.get(row.id) ?? [])), pagination };
}
