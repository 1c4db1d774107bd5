import { defineError } from '../../kernel/errors.ts';

export const invalidCredentials = defineError({
  code: 'invalid_credentials',
  status: 401,
  message: { en: 'The name or the password is wrong.', zh: '用户名或密码错误。' },
});

export const accountLocked = defineError({
  code: 'account_locked',
  status: 423,
  message: {
    en: 'Too many failed logins; the account is locked for a while.',
    zh: '登录失败次数过多，账户已被暂时锁定。',
  },
});

export const accountNotActive = defineError({
  code: 'account_not_active',
  status: 403,
  message: { en: 'This account is not active.', zh: '该账户未启用。' },
});

export const usernameTaken = defineError({
  code: 'username_taken',
  status: 409,
  message: { en: 'This username is taken.', zh: '该用户名已被使用。' },
});

export const emailTaken = defineError({
  code: 'email_taken',
  status: 409,
  message: { en: 'This e-mail address is already registered.', zh: '该邮箱已被注册。' },
});

export const invalidRefreshToken = defineError({
  code: 'invalid_refresh_token',
  status: 401,
  message: { en: 'The session has ended; please log in again.', zh: '会话已失效，请重新登录。' },
});

export const wrongCurrentPassword = defineError({
  code: 'wrong_current_password',
  status: 422,
  message: { en: 'The current password is wrong.', zh: '当前密码错误。' },
});

export const noPassword = defineError({
  code: 'no_password',
  status: 409,
  message: { en: 'This account has no password.', zh: '该账户未设置密码。' },
});

export const tooManyAddresses = defineError({
  code: 'too_many_addresses',
  status: 409,
  message: { en: 'There are already 20 addresses.', zh: '收货地址最多 20 个。' },
});

export const unknownRole = defineError({
  code: 'unknown_role',
  status: 422,
  message: { en: 'There is no such role for staff.', zh: '员工角色不存在。' },
});

export const exceedsOwnPermissions = defineError({
  code: 'exceeds_own_permissions',
  status: 403,
  message: {
    en: 'This needs more permissions than you have yourself.',
    zh: '不能操作超出自身权限的角色或员工。',
  },
});

export const cannotChangeYourself = defineError({
  code: 'cannot_change_yourself',
  status: 409,
  message: { en: 'You cannot change the status of your own account.', zh: '不能变更自己账户的状态。' },
});

export const inviteCodeUnknown = defineError({
  code: 'invite_code_unknown',
  status: 422,
  message: { en: 'Nobody invites by this code.', zh: '邀请码不存在。' },
});
