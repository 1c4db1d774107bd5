import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAnswer } from './answers.ts';

function judge(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return judgeAnswer({ status, headers: {}, body: Buffer.from(text), durationMs: 1 });
}

describe('an answer', () => {
  test('is a success only with its word and its code, and status 200', () => {
    const body = { result: 'success', code: '000', msg: 'success', seq: '1' };
    expect(judge(200, body)).toEqual({ kind: 'success', body });
    expect(judge(200, { ...body, code: '001' }).kind).toBe('unclear');
    expect(judge(200, { result: 'success' }).kind).toBe('unclear');
    expect(judge(422, body).kind).toBe('unclear');
    expect(judge(500, body).kind).toBe('unclear');
  });

  test('is a refusal only in the operator’s own form, with a status that refuses', () => {
    const body = { result: 'failed', code: 103, msg: 'There is no such service' };
    for (const status of [200, 400, 404, 422]) {
      expect(judge(status, body)).toEqual({
        kind: 'refused',
        reason: { code: '103', message: 'There is no such service' },
      });
    }
    for (const status of [301, 403, 408, 409, 425, 429, 500, 502, 503, 504]) {
      expect(judge(status, body).kind, String(status)).toBe('unclear');
    }
    expect(judge(404, '<html>not found</html>').kind).toBe('unclear');
  });

  test('of a token that is not accepted is known by its status and by its word', () => {
    expect(judge(401, { result: '401', msg: 'Unauthorized' }).kind).toBe('unauthorised');
    expect(judge(401, '').kind).toBe('unauthorised');
    expect(judge(200, { result: '401', msg: 'Unauthorized' }).kind).toBe('unauthorised');
  });

  test('whatever it is, it is judged, and nothing but a whole success succeeds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.json(), (status, body) => {
        expect(['refused', 'unauthorised', 'unclear']).toContain(judge(status, body).kind);
      }),
    );
  });
});
