import { describe, expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';

describe('passwords', () => {
  const passwords = createPasswords();

  test('the right password is verified, another is not', async () => {
    const stored = await passwords.hash('correct horse');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify('correct horse', stored)).toBe(true);
    expect(await passwords.verify('correct horsf', stored)).toBe(false);
  });

  test('accents may be typed composed or decomposed', async () => {
    const stored = await passwords.hash('pass\u00e9word');
    expect(await passwords.verify('passe\u0301word', stored)).toBe(true);
  });

  test('an account that is not there is never verified, and takes as long', async () => {
    const stored = await passwords.hash('correct horse');
    const timeOf = async (against: string | null) => {
      const startedAt = performance.now();
      for (let n = 0; n < 5; n += 1) {
        expect(await passwords.verify('wrong', against)).toBe(false);
      }
      return performance.now() - startedAt;
    };
    await timeOf(stored);
    const [known, unknown] = [await timeOf(stored), await timeOf(null)];
    expect(unknown).toBeGreaterThan(known / 4);
  });

  test('whoever finds the queue full is refused with a hint, the others are served', async () => {
    const crowded = createPasswords({ concurrency: 2, maxWaiting: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => crowded.verify('wrong', null)));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'service_unavailable', retryAfterSeconds: 5 } });
  });
});
