import type { BoundaryKind } from '../../src/kernel/boundaries.ts';

const KINDS: readonly BoundaryKind[] = [
  'commit.before',
  'commit.after',
  'call.before',
  'call.after',
  'answer.before',
];

/** The nth time that one boundary is reached. */
export interface CrashPoint {
  readonly kind: BoundaryKind;
  readonly name: string;
  /** From 1. */
  readonly occurrence: number;
}

/** `commit.before:order.place`, or `commit.before:order.place#2` for the second time; the name may hold anything but `#`. */
export function parseCrashPoint(text: string): CrashPoint {
  const match = /^([a-z.]+):([^#]+)(?:#([1-9]\d*))?$/.exec(text);
  const kind = KINDS.find((known) => known === match?.[1]);
  if (!match?.[2] || !kind) {
    throw new Error(
      `${text} is no crash point; say KIND:NAME or KIND:NAME#N, with a KIND of ${KINDS.join(', ')}`,
    );
  }
  return { kind, name: match[2], occurrence: Number(match[3] ?? 1) };
}

/** How a boundary stands in the log and in `CRASH_AT`. */
export function formatBoundary(kind: BoundaryKind, name: string): string {
  return `${kind}:${name}`;
}

/** Answers, each time a boundary is reached, whether it is the one to die at. */
export function createCrashCounter(point: CrashPoint): (kind: BoundaryKind, name: string) => boolean {
  let reached = 0;
  return (kind, name) => {
    if (kind !== point.kind || name !== point.name) {
      return false;
    }
    reached += 1;
    return reached === point.occurrence;
  };
}
