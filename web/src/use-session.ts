import { useSyncExternalStore } from 'react';
import type { Session, SessionStore } from './session.ts';

/** The session, followed: a login or logout in another tab shows here too. */
export function useSession(store: SessionStore): Session | undefined {
  return useSyncExternalStore(store.subscribe, store.read);
}
