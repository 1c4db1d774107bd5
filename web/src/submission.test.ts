import { describe, expect, it } from 'vitest';
import { ApiError } from './api.ts';
import { createSubmission } from './submission.ts';

describe('the key of a submission', () => {
  it('stays the same while the same form is sent again', () => {
    const submission = createSubmission();
    expect(submission.keyFor({ quantity: 1 })).toBe(submission.keyFor({ quantity: 1 }));
  });

  it('is another one once the form was changed or answered', () => {
    const submission = createSubmission();
    const first = submission.keyFor({ quantity: 1 });
    const changed = submission.keyFor({ quantity: 2 });
    submission.done();
    const repeated = submission.keyFor({ quantity: 2 });
    expect(new Set([first, changed, repeated]).size).toBe(3);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ['no answer', new ApiError(0, 'network', {})],
    ['an outcome that is not known', new ApiError(503, 'commit_unknown', {})],
    ['a first try that still runs', new ApiError(409, 'idempotency_in_progress', {})],
  ])('is kept through %s, because the first try may count', (_name, error) => {
    const submission = createSubmission();
    const first = submission.keyFor({});
    submission.failed(error);
    expect(submission.keyFor({})).toBe(first);
  });

  it('ends with a refusal, because nothing was done under it', () => {
    const submission = createSubmission();
    const first = submission.keyFor({});
    submission.failed(new ApiError(409, 'insufficient_stock', {}));
    expect(submission.keyFor({})).not.toBe(first);
  });
});
