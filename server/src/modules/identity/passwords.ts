import { randomBytes } from 'node:crypto';
import { assertNoTransaction } from '../../kernel/db/index.ts';
import { AppError, serviceUnavailable } from '../../kernel/errors.ts';

/** Argon2id with 19 MiB and two passes, which OWASP names as the least for a login. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** How many are hashed at a time, and how many more may wait. */
export interface HashingLimits {
  readonly concurrency: number;
  readonly maxWaiting: number;
}

/** 6 MB that a program at which nobody logs in with a password need not carry. */
const loadArgon2 = () => import('@node-rs/argon2');

const LIMITS: HashingLimits = { concurrency: 2, maxWaiting: 200 };

function base64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}

/** Looks like the hash of a password, but no password is known to have it: to take as long over an account that is not there. */
function makeDecoy(): string {
  const { memoryCost, timeCost, parallelism } = PARAMETERS;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${base64(16)}$${base64(32)}`;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** `null` stands for an account that is unknown or has no password: it takes the same time and answers false. */
  verify(password: string, stored: string | null): Promise<boolean>;
}

/** Whoever finds the queue full is refused instead of waiting in vain. */
function createGate({ concurrency, maxWaiting }: HashingLimits) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async function pass<T>(work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting) {
        throw new AppError(serviceUnavailable, { retryAfterSeconds: 5 });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) {
        next();
      } else {
        running -= 1;
      }
    }
  };
}

/**
 * Password hashing. Few run at a time, because each takes a core for tens of milliseconds and logins must not starve
 * orders; never inside a transaction, which would hold its locks meanwhile (RULES 16).
 */
export function createPasswords(limits: HashingLimits = LIMITS): Passwords {
  const pass = createGate(limits);
  const decoy = makeDecoy();

  /** The same text, however a keyboard composed its accents. */
  const normalise = (password: string) => password.normalize('NFKC');

  return {
    hash(password) {
      assertNoTransaction('password hashing');
      return pass(async () => (await loadArgon2()).hash(normalise(password), PARAMETERS));
    },
    async verify(password, stored) {
      assertNoTransaction('password hashing');
      const isRight = await pass(async () =>
        (await loadArgon2()).verify(stored ?? decoy, normalise(password)),
      );
      return isRight && stored !== null;
    },
  };
}
