/** WeChat Cloud Hosting: who may be believed there, and its payments by cloud call. */
import type { Settings } from './keys.ts';

/** Which headers say who calls. */
export interface HostedLoginConfig {
  /** The gateway of Cloud Hosting puts them in: `WECHAT_CLOUD_HOSTING` asserts that nobody else can reach us. */
  readonly isHosted: boolean;
  /** `X-Mock-Openid` says who calls. Never in production. */
  readonly isMocked: boolean;
}

/** The merchant that is paid by cloud call. */
export interface WechatCloudPayConfig {
  readonly subMchid: string;
  readonly envId: string;
  readonly service: string;
  readonly baseUrl: string;
  readonly feeBasisPoints: number;
}

/** The platform answers for this name inside the container, and for no other; nothing else may be spoken to in the clear. */
const LINK = 'http://api.weixin.qq.com';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/;

const NOTIFIED_RAILS = ['WX_PAY_MCHID', 'ALI_PAY_APP_ID', 'STRIPE_SECRET_KEY', 'PAYPAL_CLIENT_ID'] as const;

/** Whether providers must be able to reach this server from outside. */
export function needsPublicUrl(settings: Settings): boolean {
  return !settings.WECHAT_CLOUD_HOSTING || NOTIFIED_RAILS.some((name) => settings[name] !== undefined);
}

/** What `WECHAT_CLOUD_HOSTING` and `WECHAT_MOCK_LOGIN` say. Adds what is wrong to `problems`. */
export function readHostedLogin(settings: Settings, problems: string[]): HostedLoginConfig {
  const isHosted = settings.WECHAT_CLOUD_HOSTING;
  const isDevelopment = settings.NODE_ENV === 'development';
  if (isHosted && settings.DATABASE_URL.startsWith('sqlite:')) {
    problems.push(
      'DATABASE_URL: must be PostgreSQL or MySQL with WECHAT_CLOUD_HOSTING, where the disk of a container is thrown away',
    );
  }
  if (isHosted && settings.WX_APPID === undefined) {
    problems.push('WX_APPID: needed with WECHAT_CLOUD_HOSTING, which believes the logins of these apps only');
  }
  if (settings.WECHAT_MOCK_LOGIN === 'on' && (isHosted || settings.NODE_ENV === 'production')) {
    problems.push('WECHAT_MOCK_LOGIN: must be off in production and with WECHAT_CLOUD_HOSTING');
  }
  const byItself = isDevelopment && !isHosted && LOOPBACK.test(settings.HOST);
  return {
    isHosted,
    isMocked: settings.WECHAT_MOCK_LOGIN === 'on' || (settings.WECHAT_MOCK_LOGIN === 'auto' && byItself),
  };
}

/** What `WX_CLOUD_PAY_*` says; `null` without `WX_CLOUD_PAY_MCHID`. Adds what is wrong to `problems`. */
export function readWechatCloudPay(settings: Settings, problems: string[]): WechatCloudPayConfig | null {
  const subMchid = settings.WX_CLOUD_PAY_MCHID;
  if (subMchid === undefined) {
    return null;
  }
  const { CBR_ENV_ID: envId, WX_CLOUD_PAY_SERVICE: service, WX_CLOUD_PAY_BASE_URL: baseUrl } = settings;
  if (settings.NODE_ENV === 'production') {
    if (!settings.WECHAT_CLOUD_HOSTING) {
      problems.push(
        'WX_CLOUD_PAY_MCHID: only with WECHAT_CLOUD_HOSTING in production; elsewhere there is no link',
      );
    }
    if (baseUrl !== LINK) {
      problems.push(`WX_CLOUD_PAY_BASE_URL: must be ${LINK} in production`);
    }
  }
  if (envId === undefined || service === undefined || settings.WX_APPID === undefined) {
    problems.push('WX_CLOUD_PAY_MCHID also needs CBR_ENV_ID, WX_CLOUD_PAY_SERVICE and WX_APPID');
    return null;
  }
  return { subMchid, envId, service, baseUrl, feeBasisPoints: settings.WX_CLOUD_PAY_FEE_BASIS_POINTS };
}
