import { describe, expect, test } from 'vitest';
import {
  emailSchema,
  isReservedName,
  passwordSchema,
  preferencesInput,
  profileInput,
  toSearchText,
  usernameSchema,
} from './user.ts';

const accepts = (schema: { safeParse(input: unknown): { success: boolean } }, input: unknown) =>
  schema.safeParse(input).success;

describe('what an account may be called', () => {
  test('a username has 3 to 30 letters, digits and underscores', () => {
    for (const name of ['abc', 'A_9', 'x'.repeat(30)]) {
      expect(accepts(usernameSchema, name)).toBe(true);
    }
    for (const name of ['ab', 'x'.repeat(31), 'a b c', 'zhang-san', '张三丰', 'a@b']) {
      expect(accepts(usernameSchema, name)).toBe(false);
    }
  });

  test('the name of an operator or an id can not be registered', () => {
    expect(['Admin', 'ROOT', 'usr_01jd3kq2x4'].map(isReservedName)).toEqual([true, true, true]);
    expect(isReservedName('adminton')).toBe(false);
  });

  test('an e-mail address is kept in lower case', () => {
    expect(emailSchema.parse('  Zhang.San@Example.COM ')).toBe('zhang.san@example.com');
    expect(accepts(emailSchema, 'zhang.san')).toBe(false);
  });

  test('a password has 8 to 128 characters, blanks at its ends included', () => {
    expect(passwordSchema.parse(' 2345678')).toBe(' 2345678');
    expect(accepts(passwordSchema, '1234567')).toBe(false);
    expect(accepts(passwordSchema, 'x'.repeat(129))).toBe(false);
  });
});

describe('what an account may say of its owner', () => {
  test('only real time zones, known currencies and web addresses are taken', () => {
    expect(accepts(preferencesInput, { timezone: 'Asia/Shanghai', currency: 'CNY', language: 'zh' })).toBe(
      true,
    );
    expect(accepts(preferencesInput, { timezone: 'Asia/Nowhere' })).toBe(false);
    expect(accepts(preferencesInput, { currency: 'cny' })).toBe(false);
    expect(accepts(profileInput, { avatar: 'https://cdn.example/a.png' })).toBe(true);
    expect(accepts(profileInput, { avatar: 'javascript:alert(1)' })).toBe(false);
    expect(accepts(profileInput, { dateOfBirth: '1990-02-30' })).toBe(false);
    expect(accepts(profileInput, { nickname: 'Xiao Zhang' })).toBe(false);
  });

  test('staff finds a Chinese name in either order', () => {
    const text = toSearchText({
      id: 'usr_1',
      username: 'Zhang_San',
      email: null,
      phone: '+86 138 0000 0000',
      first_name: '三',
      last_name: '张',
    });
    expect(text).toContain('张三');
    expect(text).toContain('三 张');
    expect(text).toContain('zhang_san');
  });
});
