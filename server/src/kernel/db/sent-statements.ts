/**
 * Statements of a transaction whose answers nobody waits for at once. PostgreSQL takes the next statement before it has
 * answered the last, which saves a round trip for each of them; the other engines answer them one by one.
 *
 * Invariant: COMMIT leaves when all of them have been answered well. That a refused statement spoils PostgreSQL's
 * transaction is not enough: one that never reached the server, or that matched no row where it must, spoils nothing.
 */
import type { QueryOutcome } from './types.ts';

export interface SentStatements {
  /** `mustMatch` makes the error of a statement that matched no row. */
  add(answer: Promise<QueryOutcome>, mustMatch?: () => Error): void;
  /** Waits for all answers; the error of the first statement that has failed, or `undefined`. */
  failure(): Promise<Error | undefined>;
  /** Whether there are answers to wait for. */
  isWaiting(): boolean;
}

/** The statements that one transaction has sent. */
export function createSentStatements(): SentStatements {
  const failures: Error[] = [];
  const answers: Promise<void>[] = [];
  let unanswered = 0;

  async function check(answer: Promise<QueryOutcome>, place: number, mustMatch?: () => Error): Promise<void> {
    unanswered += 1;
    try {
      const { affected } = await answer;
      if (mustMatch && affected === 0) {
        throw mustMatch();
      }
    } catch (error) {
      failures[place] = error as Error;
    } finally {
      unanswered -= 1;
    }
  }

  return {
    add(answer, mustMatch) {
      answers.push(check(answer, answers.length, mustMatch));
    },
    async failure() {
      await Promise.all(answers);
      return failures.find((error) => error !== undefined);
    },
    isWaiting: () => unanswered > 0,
  };
}
