import { z } from 'zod';
import { toIso } from '../../kernel/clock.ts';
import { AppError, invalidRequest, type Locale } from '../../kernel/errors.ts';
import { currencyInput, inputMessage } from '../../kernel/http/index.ts';
import type { UserRow } from './tables.ts';

const RESERVED_NAMES = new Set(['admin', 'administrator', 'root', 'staff', 'suanpan', 'support', 'system']);

/** Two names that differ in capitals only are one. */
export function usernameKey(username: string): string {
  return username.toLowerCase();
}

/** Names that would be taken for the operator's own, or for somebody's id. */
export function isReservedName(username: string): boolean {
  const key = usernameKey(username);
  return RESERVED_NAMES.has(key) || key.startsWith('usr_');
}

export const usernameSchema = z
  .string()
  .trim()
  .min(3)
  .max(30)
  .regex(
    /^[A-Za-z0-9_]+$/,
    inputMessage(
      'A username has letters, digits and underscores only.',
      '用户名只能包含字母、数字和下划线。',
    ),
  );

export const emailSchema = z.string().trim().toLowerCase().max(190).pipe(z.email());

export const passwordSchema = z.string().min(8).max(128);

const shortText = z.string().trim().min(1).max(100);

export const phoneSchema = z
  .string()
  .trim()
  .max(32)
  .regex(
    /^\+?[\d\s()-]{5,}$/,
    inputMessage(
      'A phone number has digits, spaces, brackets and dashes only, at least 5 of them.',
      '电话号码只能包含数字、空格、括号和短横线，至少 5 个字符。',
    ),
  );

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What people tell of themselves; `null` takes a field back. */
export const profileInput = z.strictObject({
  firstName: shortText.nullable().optional(),
  lastName: shortText.nullable().optional(),
  avatar: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .optional(),
  phone: phoneSchema.nullable().optional(),
  dateOfBirth: z.iso
    .date()
    .refine((date) => date >= '1900-01-01', inputMessage('It must not be before 1900.', '不得早于 1900 年。'))
    .nullable()
    .optional(),
  gender: z.enum(['male', 'female', 'other']).nullable().optional(),
});

export const preferencesInput = z.strictObject({
  language: z.enum(['en', 'zh']).optional(),
  currency: currencyInput.optional(),
  timezone: z
    .string()
    .max(64)
    .refine(isTimeZone, inputMessage('This time zone is not known.', '不支持该时区。'))
    .optional(),
  notifications: z
    .strictObject({
      email: z.boolean().optional(),
      sms: z.boolean().optional(),
      push: z.boolean().optional(),
    })
    .optional(),
});

export const metadataInput = z.strictObject({
  source: z.string().trim().min(1).max(32).optional(),
  referrer: z.string().trim().max(2_000).optional(),
  utmSource: z.string().trim().max(200).optional(),
  utmMedium: z.string().trim().max(200).optional(),
  utmCampaign: z.string().trim().max(200).optional(),
});

/** The code of whoever has invited somebody, as people write it. */
export const inviteCodeInput = z.string().trim().min(1).max(32);

export type ProfileInput = z.infer<typeof profileInput>;
export type PreferencesInput = z.infer<typeof preferencesInput>;
export type UserMetadata = z.infer<typeof metadataInput>;

/** Throws `invalid_request` (400) for a date of birth that is yet to come. */
export function assertBornAlready({ dateOfBirth }: ProfileInput, now: number, locale: Locale): void {
  if (typeof dateOfBirth === 'string' && dateOfBirth > toIso(now).slice(0, 10)) {
    const message = { en: 'must not be in the future', zh: '不能晚于今天' }[locale];
    throw new AppError(invalidRequest, {
      fields: [{ field: 'profile.dateOfBirth', message, code: 'too_big' }],
    });
  }
}

type ProfileColumns = Pick<
  UserRow,
  'first_name' | 'last_name' | 'avatar' | 'phone' | 'phone_verified' | 'date_of_birth' | 'gender'
>;

/** The columns that the input changes; another phone number has to be verified again. */
export function toProfileColumns(input: ProfileInput, before?: UserRow): Partial<ProfileColumns> {
  const isOtherPhone = input.phone !== undefined && input.phone !== before?.phone;
  return {
    ...(input.firstName !== undefined && { first_name: input.firstName }),
    ...(input.lastName !== undefined && { last_name: input.lastName }),
    ...(input.avatar !== undefined && { avatar: input.avatar }),
    ...(isOtherPhone && { phone: input.phone ?? null, phone_verified: 0 }),
    ...(input.dateOfBirth !== undefined && { date_of_birth: input.dateOfBirth }),
    ...(input.gender !== undefined && { gender: input.gender }),
  };
}

type PreferenceColumns = Pick<
  UserRow,
  'language' | 'currency' | 'timezone' | 'notifies_by_email' | 'notifies_by_sms' | 'notifies_by_push'
>;

export function toPreferenceColumns(input: PreferencesInput): Partial<PreferenceColumns> {
  const { email, sms, push } = input.notifications ?? {};
  return {
    ...(input.language !== undefined && { language: input.language }),
    ...(input.currency !== undefined && { currency: input.currency }),
    ...(input.timezone !== undefined && { timezone: input.timezone }),
    ...(email !== undefined && { notifies_by_email: Number(email) }),
    ...(sms !== undefined && { notifies_by_sms: Number(sms) }),
    ...(push !== undefined && { notifies_by_push: Number(push) }),
  };
}

type SearchedColumns = Pick<UserRow, 'id' | 'username' | 'email' | 'phone' | 'first_name' | 'last_name'>;

/** A phone number without what people put between its digits. */
export function phoneDigits(phone: string): string {
  return phone.replaceAll(/\D/g, '');
}

/** What staff finds the user by, in lower case; to be stored with every change of one of these columns. */
export function toSearchText(row: SearchedColumns): string {
  const digits = phoneDigits(row.phone ?? '');
  const name = `${row.first_name ?? ''} ${row.last_name ?? ''}`;
  const nameInChineseOrder = `${row.last_name ?? ''}${row.first_name ?? ''}`;
  const parts = [row.id, row.username, row.email, row.phone, digits, name, nameInChineseOrder];
  return [...new Set(parts)]
    .filter((part) => part !== null && part.trim() !== '')
    .join('\n')
    .toLowerCase();
}

export const userView = z.object({
  id: z.string(),
  username: z.string().nullable(),
  email: z.string().nullable(),
  status: z.enum(['active', 'inactive', 'suspended', 'deleted']),
  emailVerified: z.boolean(),
  phoneVerified: z.boolean(),
  profile: z.object({
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    avatar: z.string().nullable(),
    phone: z.string().nullable(),
    dateOfBirth: z.string().nullable(),
    gender: z.enum(['male', 'female', 'other']).nullable(),
  }),
  preferences: z.object({
    language: z.enum(['en', 'zh']),
    currency: z.string(),
    timezone: z.string(),
    notifications: z.object({ email: z.boolean(), sms: z.boolean(), push: z.boolean() }),
  }),
  roles: z.array(z.string()),
  lastLoginAt: z.string().nullable(),
  createdAt: z.string(),
});

export type UserView = z.infer<typeof userView>;

/** The user as the API shows it: no hash, no search text, no version. */
export function toUserView(row: UserRow, roles: readonly string[]): UserView {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    status: row.status,
    emailVerified: row.email_verified === 1,
    phoneVerified: row.phone_verified === 1,
    profile: {
      firstName: row.first_name,
      lastName: row.last_name,
      avatar: row.avatar,
      phone: row.phone,
      dateOfBirth: row.date_of_birth,
      gender: row.gender,
    },
    preferences: {
      language: row.language,
      currency: row.currency,
      timezone: row.timezone,
      notifications: {
        email: row.notifies_by_email === 1,
        sms: row.notifies_by_sms === 1,
        push: row.notifies_by_push === 1,
      },
    },
    roles: [...roles],
    lastLoginAt: toIso(row.last_login_at),
    createdAt: toIso(row.created_at),
  };
}
