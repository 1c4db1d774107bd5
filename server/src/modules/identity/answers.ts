import { z } from 'zod';
import type { Reader } from '../../kernel/db/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import { rolesOf } from './queries.ts';
import type { StartedSession } from './sessions.ts';
import { toUserView, userView } from './user.ts';

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
