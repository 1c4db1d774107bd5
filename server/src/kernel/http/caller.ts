import type { Actor } from '../actor.ts';

/** Who calls: read from the access token by the identity module. */
export interface Caller {
  readonly userId: string;
  readonly kind: 'customer' | 'staff';
  readonly roles: readonly string[];
  /** What a staff member may do; `*` is everything. */
  readonly permissions: readonly string[];
}

/** A request's headers, their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the caller of a request from its headers; `null` where they name nobody. Throws `unauthenticated` for a bad token. */
export type Authenticate = (headers: RequestHeaders) => Promise<Caller | null>;

/** Whether a staff member holds the permission; customers hold none. */
export function hasPermission(caller: Caller, permission: string): boolean {
  return (
    caller.kind === 'staff' && (caller.permissions.includes('*') || caller.permissions.includes(permission))
  );
}

/** The caller as an actor of histories and the audit log. */
export function actorOf(caller: Caller): Actor {
  return { type: caller.kind, id: caller.userId };
}
