import { describe, expect, test } from 'vitest';
import { API_V3_KEY, encrypt } from '../../../test/harness/wechat-pay.ts';
import { decryptResource, readApiV3Key } from './aead.ts';
import vector from './vectors/wechat-aead.json' with { type: 'json' };

const resource = {
  algorithm: 'AEAD_AES_256_GCM' as const,
  ciphertext: vector.ciphertext_base64,
  associated_data: vector.associated_data,
  nonce: vector.nonce,
};

describe('an encrypted resource', () => {
  test('of the published vector gives its plain text', () => {
    expect(decryptResource(resource, readApiV3Key(vector.key))).toBe(vector.plaintext);
  });

  test('does not open with other associated data or another nonce', () => {
    expect(vector.must_fail).toHaveLength(2);
    for (const changed of vector.must_fail) {
      expect(() => decryptResource({ ...resource, ...changed }, readApiV3Key(vector.key))).toThrow();
    }
  });

  test('does not open with another key, without its tag, or with a byte changed', () => {
    expect(() => decryptResource(resource, readApiV3Key(vector.key.replace('a', 'b')))).toThrow();
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] as number) ^ 1;
      expect(() =>
        decryptResource({ ...resource, ciphertext: changed.toString('base64') }, readApiV3Key(vector.key)),
      ).toThrow();
    }
    for (const length of [0, 8, 15, 16]) {
      const ciphertext = bytes.subarray(0, length).toString('base64');
      expect(() => decryptResource({ ...resource, ciphertext }, readApiV3Key(vector.key))).toThrow();
    }
  });

  test('may come without associated data', () => {
    const sealed = encrypt('算盘', '');
    for (const associatedData of ['', null, undefined]) {
      expect(
        decryptResource(
          { ...resource, ...sealed, associated_data: associatedData },
          readApiV3Key(API_V3_KEY),
        ),
      ).toBe('算盘');
    }
  });
});
