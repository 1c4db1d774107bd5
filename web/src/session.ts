/** Who is logged in on this device. The shop and the console keep their sessions apart. */

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Session {
  readonly tokens: Tokens;
  /** What the person is called on the screen. */
  readonly name: string;
}

export interface SessionStore {
  read(): Session | undefined;
  write(session: Session): void;
  clear(): void;
  /** Calls `listener` whenever somebody logs in or out, in this tab or in another one; answers how to stop. */
  subscribe(listener: () => void): () => void;
}

function isSession(value: unknown): value is Session {
  const { tokens, name } = (value ?? {}) as Partial<Session>;
  return (
    typeof tokens?.accessToken === 'string' &&
    typeof tokens.refreshToken === 'string' &&
    typeof name === 'string'
  );
}

/** A session under a key of localStorage. */
export function createSessionStore(key: string): SessionStore {
  const listeners = new Set<() => void>();
  // React compares snapshots by identity, so the same text must give the same object.
  let cached: { readonly text: string | null; readonly session: Session | undefined } | undefined;

  function parse(text: string | null): Session | undefined {
    try {
      const value: unknown = text === null ? undefined : JSON.parse(text);
      return isSession(value) ? value : undefined;
    } catch {
      // Somebody else's text under our key is no session.
      return undefined;
    }
  }

  function tell(): void {
    for (const listener of listeners) {
      listener();
    }
  }

  return {
    read() {
      const text = localStorage.getItem(key);
      if (cached === undefined || cached.text !== text) {
        cached = { text, session: parse(text) };
      }
      return cached.session;
    },
    write(session) {
      localStorage.setItem(key, JSON.stringify(session));
      tell();
    },
    clear() {
      localStorage.removeItem(key);
      tell();
    },
    subscribe(listener) {
      const onStorage = (event: StorageEvent) => {
        if (event.key === key || event.key === null) {
          listener();
        }
      };
      listeners.add(listener);
      addEventListener('storage', onStorage);
      return () => {
        listeners.delete(listener);
        removeEventListener('storage', onStorage);
      };
    },
  };
}

/** Customers of the shop, who are the same people at the cashier. */
export const shopSession = createSessionStore('suanpan.shop');

/** Staff in the console. */
export const consoleSession = createSessionStore('suanpan.console');
