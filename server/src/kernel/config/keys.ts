import { z } from 'zod';
import { isCurrency } from '../money.ts';

const text = z.string().trim().min(1);
const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const whole = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum));
const url = z.url().transform((value) => value.replace(/\/+$/, ''));
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const DURATION_UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads `15m`, `7d`, `900s`; a number alone counts seconds. */
const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)?$/, 'must be a duration such as 15m or 7d')
  .transform((value) => {
    const [, amount, unit] = /^(\d+)(ms|s|m|h|d)?$/.exec(value) as unknown as [
      string,
      string,
      string | undefined,
    ];
    return Number(amount) * (DURATION_UNIT_MS[unit ?? 's'] as number);
  });

/** Minutes, fractions allowed, as milliseconds. */
const minutes = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number of minutes')
  .transform((value) => Math.round(Number(value) * 60_000))
  .refine((ms) => ms >= 1_000 && ms <= 7 * 86_400_000, 'must be from one second to 7 days');

/** Every setting by its environment name. Who reads which group is decided in `load-config.ts`. */
export const settingSchemas = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  HOST: text.default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  PUBLIC_URL: url.optional(),
  DATABASE_URL: text
    .regex(
      /^((sqlite|file):.|(postgres(ql)?|mysql|mariadb):\/\/.)/,
      'must begin with sqlite:, postgres:// or mysql://',
    )
    .default('sqlite:./data/suanpan.db'),
  DATABASE_POOL_SIZE: whole(1, 200).default(10),
  DATA_DIR: text.default('./data'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: list.default([]),
  CORS_ORIGIN: list.default([]),
  METRICS_TOKEN: text.optional(),
  JWT_SECRET: text.optional(),
  JWT_EXPIRES_IN: duration.default(15 * 60_000),
  JWT_REFRESH_EXPIRES_IN: duration.default(7 * 86_400_000),
  APP_SECRET: text.optional(),
  ADMIN_PASSWORD: text.optional(),
  SHOP_CURRENCY: text.refine(isCurrency, 'must be a code of ISO 4217, such as CNY').default('CNY'),
  SIMULATORS: z.enum(['auto', 'on', 'off']).default('auto'),
  SIMULATORS_PORT: whole(0, 65_535).default(4010),
  DEMO_DATA: flag.default(true),
  PAY_EXPIRE_TIME: minutes.default(15 * 60_000),
  PAY_REVIEW_HOLD_HOURS: whole(1, 720).default(24),
  PAY_PROCESSING_HOLD_HOURS: whole(1, 720).default(168),
  ORDER_MAX_UNPAID: whole(1, 10_000).default(20),
  INVITE_REWARD_BASIS_POINTS: whole(0, 10_000).default(0),
  INVITE_REWARD_ON: z.enum(['every', 'first']).default('every'),
  COIN_EXPIRE_TIME: minutes.default(30 * 60_000),
  WALLET_HOLD_MINUTES: minutes.default(30 * 60_000),
  WALLET_ADJUST_LIMIT: text.default('1000'),
  STOCK_RESERVATION_MINUTES: minutes.default(15 * 60_000),
  STOCK_RESERVATION_MAX: whole(1, 10_000).default(20),
  BANK_TRANSFER_ACCOUNTS: text.optional(),
  BANK_TRANSFER_WINDOW_DAYS: whole(1, 30).default(3),
  CASH_ON_DELIVERY: z.enum(['auto', 'on', 'off']).default('auto'),
  CASH_ON_DELIVERY_MAX_AMOUNT: whole(1, 1_000_000_000).default(500_000),
  STOCK_RESERVATION_MAX_UNITS: whole(1, 1_000_000_000).default(1_000),
  ORIGIN_KEPT_DAYS: whole(1, 3_650).default(180),
  RISK_REVIEW: flag.default(true),
  RISK_WEIGHTS: text.default('{}'),
  RISK_HIGH_SCORE: whole(1, 10_000).default(50),
  RISK_MEDIUM_SCORE: whole(1, 10_000).default(25),
  RISK_HIGH_AMOUNT: text.default('1000'),
  RISK_HIGH_RISK_COUNTRIES: list.default([]),
  RISK_FAILURE_RATE_BASIS_POINTS: whole(0, 10_000).default(3_000),
  RISK_FAILURE_ATTEMPTS: whole(1, 100).default(10),
  RISK_DEVICE_FAILURES: whole(0, 100).default(2),
  RISK_DEVICE_ATTEMPTS: whole(1, 100).default(5),
  RISK_VELOCITY_MINUTES: minutes.default(10 * 60_000),
  RISK_VELOCITY_CUSTOMER: whole(0, 1_000_000).default(30),
  RISK_VELOCITY_DEVICE: whole(0, 1_000_000).default(30),
  RISK_VELOCITY_ADDRESS: whole(0, 1_000_000).default(0),
  RISK_VELOCITY_ACTION: z.enum(['refuse', 'review']).default('refuse'),
  RISK_COUNTRY_HEADER: text.toLowerCase().optional(),
  RISK_COUNTRY_FILE: text.optional(),
  WX_APPID: text.optional(),
  WX_SECRET: text.optional(),
  WX_API_BASE_URL: url.default('https://api.weixin.qq.com'),
  WX_EXPOSE_SESSION_KEY: flag.default(false),
  WECHAT_CLOUD_HOSTING: flag.default(false),
  WECHAT_MOCK_LOGIN: z.enum(['auto', 'on', 'off']).default('auto'),
  CBR_ENV_ID: text.optional(),
  WX_CLOUD_PAY_MCHID: text.optional(),
  WX_CLOUD_PAY_SERVICE: text.optional(),
  WX_CLOUD_PAY_BASE_URL: url.default('http://api.weixin.qq.com'),
  WX_CLOUD_PAY_FEE_BASIS_POINTS: whole(0, 1_000).default(60),
  WX_PAY_MCHID: text.optional(),
  WX_PAY_MERCHANT_SERIAL_NO: text.optional(),
  WX_PAY_PRIVATE_KEY: text.optional(),
  WX_PAY_PRIVATE_KEY_FILE: text.optional(),
  WX_PAY_API_V3_KEY: text.optional(),
  WX_PAY_PUBLIC_KEY_ID: text.optional(),
  WX_PAY_PUBLIC_KEY: text.optional(),
  WX_PAY_PUBLIC_KEY_FILE: text.optional(),
  WX_PAY_BASE_URL: url.default('https://api.mch.weixin.qq.com'),
  WX_PAY_FEE_BASIS_POINTS: whole(0, 1_000).default(60),
  ALI_PAY_APP_ID: text.optional(),
  ALI_PAY_SELLER_ID: text.optional(),
  ALI_PAY_PRIVATE_KEY: text.optional(),
  ALI_PAY_PRIVATE_KEY_FILE: text.optional(),
  ALI_PAY_PUBLIC_KEY: text.optional(),
  ALI_PAY_PUBLIC_KEY_FILE: text.optional(),
  ALI_PAY_APP_CERT: text.optional(),
  ALI_PAY_APP_CERT_FILE: text.optional(),
  ALI_PAY_PUBLIC_CERT: text.optional(),
  ALI_PAY_PUBLIC_CERT_FILE: text.optional(),
  ALI_PAY_ROOT_CERT: text.optional(),
  ALI_PAY_ROOT_CERT_FILE: text.optional(),
  ALI_PAY_GATEWAY_URL: url.default('https://openapi.alipay.com/gateway.do'),
  ALI_PAY_FEE_BASIS_POINTS: whole(0, 1_000).default(60),
  STRIPE_SECRET_KEY: text.optional(),
  STRIPE_PUBLIC_KEY: text.optional(),
  STRIPE_WEBHOOK_SECRET: list.default([]),
  STRIPE_ACCOUNT_ID: text.optional(),
  STRIPE_CURRENCIES: list.default(['CNY', 'USD', 'EUR', 'GBP', 'HKD', 'JPY', 'SGD', 'AUD', 'CAD']),
  STRIPE_CAPTURE: z.enum(['automatic', 'manual']).default('automatic'),
  STRIPE_CARD_FORM: z.enum(['hosted', 'intent']).default('hosted'),
  STRIPE_BASE_URL: url.default('https://api.stripe.com'),
  STRIPE_FEE_BASIS_POINTS: whole(0, 1_000).default(290),
  PAYPAL_CLIENT_ID: text.optional(),
  PAYPAL_CLIENT_SECRET: text.optional(),
  PAYPAL_MODE: z.enum(['sandbox', 'live']).default('sandbox'),
  PAYPAL_MERCHANT_ID: text.optional(),
  PAYPAL_WEBHOOK_ID: text.optional(),
  PAYPAL_WEBHOOK_VERIFICATION: z.enum(['offline', 'online']).default('offline'),
  PAYPAL_WEBHOOK_CA: text.optional(),
  PAYPAL_INTENT: z.enum(['CAPTURE', 'AUTHORIZE']).default('CAPTURE'),
  PAYPAL_BASE_URL: url.optional(),
  PAYPAL_FEE_BASIS_POINTS: whole(0, 1_000).default(349),
  UNITEL_USERNAME: text.optional(),
  UNITEL_PASSWORD: text.optional(),
  UNITEL_BASE_URL: url.default('https://api.unitel.mn/api/v1'),
  UNITEL_ACCOUNT: text.default('suanpan'),
  UNITEL_VAT_BILL: flag.default(true),
  TOPUP_AUTO_REFUND: flag.default(true),
} as const;

export type SettingName = keyof typeof settingSchemas;

export type Settings = { readonly [K in SettingName]: z.output<(typeof settingSchemas)[K]> };

/** Other names of the same setting; two that are set to different values are refused. */
export const ALIASES: Readonly<Record<string, SettingName>> = {
  APP_PORT: 'PORT',
  WECHAT_APPID: 'WX_APPID',
  WECHAT_SECRET: 'WX_SECRET',
  STRIPE_PUBLISHABLE_KEY: 'STRIPE_PUBLIC_KEY',
  UNITEL_API_URL: 'UNITEL_BASE_URL',
};

/** A key that begins so but is none of ours is a mistake rather than somebody else's setting. */
export const KNOWN_PREFIXES = [
  'ALI_',
  'APP_',
  'BANK_',
  'CASH_',
  'COIN_',
  'DATABASE_',
  'INVITE_',
  'JWT_',
  'ORDER_',
  'PAYPAL_',
  'PAY_',
  'RISK_',
  'SHOP_',
  'SIMULATORS_',
  'STOCK_',
  'STRIPE_',
  'TOPUP_',
  'UNITEL_',
  'WALLET_',
  'WECHAT_',
  'WX_',
];
