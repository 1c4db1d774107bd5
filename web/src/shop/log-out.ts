import { shopApi } from '../api.ts';
import { shopSession } from '../session.ts';

/** Ends the session here and at the server. Without an answer it ends here all the same. */
export async function logOut(): Promise<void> {
  const session = shopSession.read();
  shopSession.clear();
  if (session !== undefined) {
    const { refreshToken } = session.tokens;
    await shopApi.send('POST', '/users/logout', { body: { refreshToken } }).catch(() => undefined);
  }
}
