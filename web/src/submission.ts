/**
 * Idempotency-Keys of forms. A form that is sent again after a lost answer carries the key of the first try, so that
 * whatever the first try did is found and not done twice; a form that was changed in between is another submission.
 */

import { ApiError } from './api.ts';

const KEY_BYTES = 16;

/** Not crypto.randomUUID: a shop that is tried out over plain http in a local network has no such function. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isRefusal(error: unknown): boolean {
  const isAnswer = error instanceof ApiError && error.status >= 400 && error.status < 500;
  return isAnswer && error.code !== 'idempotency_in_progress';
}

export interface Submission {
  /** The key for this content: the same one until the content changes or {@link done} is called. */
  keyFor(content: unknown): string;
  /** The server has answered with success; what is sent next is a new submission. */
  done(): void;
  /** A refusal ends the submission too. After anything else the first try may have been carried out, or still runs. */
  failed(error: unknown): void;
}

export function createSubmission(): Submission {
  let current: { readonly content: string; readonly key: string } | undefined;
  return {
    keyFor(content) {
      const text = JSON.stringify(content);
      if (current?.content !== text) {
        current = { content: text, key: newKey() };
      }
      return current.key;
    },
    done() {
      current = undefined;
    },
    failed(error) {
      if (isRefusal(error)) {
        current = undefined;
      }
    },
  };
}
