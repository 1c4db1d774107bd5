/**
 * The places where dying hurts most: just before and after a COMMIT, just before and after a call to a provider, and
 * just before an answer leaves. They are named after the transaction, call or route, and do nothing unless a preload
 * installs a hook (the crash sweep kills the process there, RULES 35). Modules hold none of their own.
 */
export type BoundaryKind = 'commit.before' | 'commit.after' | 'call.before' | 'call.after' | 'answer.before';

type BoundaryHook = (kind: BoundaryKind, name: string) => void;

let hook: BoundaryHook | undefined;

/** Installs the hook that is told of every boundary; for a preload only. */
export function onBoundary(newHook: BoundaryHook | undefined): void {
  hook = newHook;
}

/** Says that a boundary is reached; free unless a hook is installed. */
export function reachBoundary(kind: BoundaryKind, name: string): void {
  hook?.(kind, name);
}
