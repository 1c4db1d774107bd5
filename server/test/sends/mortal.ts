/**
 * A process that can die at the kernel's boundaries (RULES 35) without taking this one along: just before and just after a
 * COMMIT, just before and just after a call. From then on it neither commits nor calls, and what it was waiting for never
 * comes, so that nothing of it runs any further; its jobs keep their leases until these run out.
 */
import type { BoundaryKind } from '../../src/kernel/boundaries.ts';
import type { Db } from '../../src/kernel/db/index.ts';
import type { Outbound, OutboundResponse } from '../../src/kernel/outbound/index.ts';

class Death extends Error {
  constructor() {
    super('this process is dead');
    this.name = 'Death';
  }
}

/** At the nth boundary of this kind and name; of any, where they are missing. */
export interface DeathPlan {
  readonly kind?: BoundaryKind;
  readonly name?: string;
  /** From 1. */
  readonly nth: number;
}

export interface Life {
  readonly isOver: boolean;
  /** Resolves with the boundary at which it ended. */
  readonly end: Promise<string>;
  dieAt(plan: DeathPlan): void;
  /** Dies now, wherever it is. */
  kill(): void;
  /** Once nobody looks at it any more: lets what hangs in it end, so that it can be forgotten. */
  bury(): void;
}

export interface Mortal {
  readonly life: Life;
  readonly db: Db;
  readonly outbound: Outbound;
}

interface Body extends Life {
  /** Whether it dies here. */
  reach(kind: BoundaryKind, name: string): boolean;
  /** What a dead process waits for. */
  never<T>(): Promise<T>;
}

function createLife(): Body {
  const { promise: end, resolve } = Promise.withResolvers<string>();
  const hanging: ((error: Error) => void)[] = [];
  let plan: DeathPlan | undefined;
  let reached = 0;
  let isOver = false;
  let isBuried = false;

  function die(where: string): void {
    isOver = true;
    resolve(where);
  }

  return {
    end,
    get isOver() {
      return isOver;
    },
    dieAt(next) {
      plan = next;
      reached = 0;
    },
    kill: () => die('anywhere'),
    bury() {
      isBuried = true;
      for (const reject of hanging.splice(0)) {
        reject(new Death());
      }
    },
    reach(kind, name) {
      if (plan && (plan.kind ?? kind) === kind && (plan.name ?? name) === name) {
        reached += 1;
        if (!isOver && reached >= plan.nth) {
          die(`${kind}:${name}`);
        }
      }
      return isOver;
    },
    never: () =>
      new Promise((_resolve, reject) => {
        if (isBuried) {
          reject(new Death());
        } else {
          hanging.push(reject);
        }
      }),
  };
}

/** A process over a database and a way out that outlive it. */
export function createMortal(db: Db, outbound: Outbound): Mortal {
  const life = createLife();
  return {
    life,
    db: {
      ...db,
      async tx(name, callback) {
        if (life.isOver) {
          return life.never();
        }
        let result: Awaited<ReturnType<typeof callback>>;
        try {
          result = await db.tx(name, async (tx) => {
            const value = await callback(tx);
            if (life.reach('commit.before', name)) {
              throw new Death();
            }
            return value;
          });
        } catch (error) {
          if (life.isOver) {
            return life.never();
          }
          throw error;
        }
        return life.reach('commit.after', name) ? life.never() : result;
      },
    },
    outbound: {
      ...outbound,
      async call(request) {
        const name = `${request.provider}.${request.operation}`;
        if (life.isOver || life.reach('call.before', name)) {
          return life.never();
        }
        let response: OutboundResponse;
        try {
          response = await outbound.call(request);
        } catch (error) {
          if (life.reach('call.after', name)) {
            return life.never();
          }
          throw error;
        }
        return life.reach('call.after', name) ? life.never() : response;
      },
    },
  };
}
