import { defineError } from '../../kernel/errors.ts';

/** Unknown, expired, or given to another app. */
export const wechatCodeInvalid = defineError({
  code: 'wechat_code_invalid',
  status: 400,
  message: {
    en: 'This WeChat code is not valid; please get a new one.',
    zh: '微信 code 无效或已过期，请重新获取。',
  },
});

export const wechatCodeUsed = defineError({
  code: 'wechat_code_used',
  status: 409,
  message: {
    en: 'This WeChat code has been used; please get a new one.',
    zh: '微信 code 已被使用，请重新获取。',
  },
});

export const wechatUserBlocked = defineError({
  code: 'wechat_user_blocked',
  status: 403,
  message: {
    en: 'WeChat has restricted this account for its risk.',
    zh: '该微信账号存在风险，已被微信限制登录。',
  },
});

export const wechatRateLimited = defineError({
  code: 'wechat_rate_limited',
  status: 429,
  message: {
    en: 'WeChat limits how often this may be asked; please wait a minute.',
    zh: '微信接口调用过于频繁，请一分钟后再试。',
  },
});

export const wechatAppUnknown = defineError({
  code: 'wechat_app_unknown',
  status: 400,
  message: { en: 'This appid is not one of ours.', zh: '该 appid 未配置。' },
});

/** A web page that WeChat shows as a snapshot knows its visitor by an openid that WeChat has made up. */
export const wechatSnapshotUser = defineError({
  code: 'wechat_snapshot_user',
  status: 403,
  message: {
    en: 'Please choose “use full service” in WeChat first, then log in.',
    zh: '请先在微信中点击“使用完整服务”，再登录。',
  },
});
