import { DAY_MS, HOUR_MS } from '../clock.ts';
import { type AlipayConfig, readAlipay } from './alipay.ts';
import {
  type BankTransferConfig,
  type CashOnDeliveryConfig,
  readBankTransfer,
  readCashOnDelivery,
} from './by-hand.ts';
import type { Settings } from './keys.ts';
import { type PaypalConfig, readPaypal } from './paypal.ts';
import { ConfigError, type Environment, readSettings } from './read-settings.ts';
import { type RiskConfig, readRisk } from './risk.ts';
import { readOrGenerateSecrets } from './secrets.ts';
import { readStripe, readStripeOptions, type StripeConfig, type StripeOptions } from './stripe.ts';
import { readUnitel, type UnitelConfig } from './unitel.ts';
import { readWallet, type WalletConfig } from './wallet.ts';
import { hasSecret, type KnownWechatApp, readApps, type WechatApp } from './wechat-apps.ts';
import {
  type HostedLoginConfig,
  needsPublicUrl,
  readHostedLogin,
  readWechatCloudPay,
  type WechatCloudPayConfig,
} from './wechat-cloud.ts';
import { readWechatPay, type WechatPayConfig } from './wechat-pay.ts';

const MINIMUM_SECRET_LENGTH = 32;

/** The whole configuration, parsed once; each module is handed its part in compose.ts. */
export interface Config {
  readonly mode: Settings['NODE_ENV'];
  readonly role: Settings['ROLE'];
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly trustProxy: readonly string[];
    /** The header in which the proxy says where the caller is, in lower case. */
    readonly countryHeader: string | null;
    readonly corsOrigins: readonly string[];
    readonly metricsToken: string | null;
  };
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly dataDir: string;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly secrets: { readonly jwt: string; readonly app: string; readonly adminPassword: string | null };
  readonly tokens: { readonly accessMs: number; readonly refreshMs: number };
  readonly shop: { readonly currency: string; readonly hasDemoData: boolean };
  readonly orders: { readonly payExpireMs: number; readonly maxUnpaid: number };
  /** How long it is kept from where and with which device somebody ordered and paid. */
  readonly originKeptMs: number;
  readonly stock: {
    readonly reservationMs: number;
    readonly maxReservations: number;
    readonly maxReservedUnits: number;
  };
  /** What inviters earn: so many ten-thousandths of the coins bought by every order, or by the first only. */
  readonly invites: { readonly rewardBasisPoints: number; readonly rewardOn: 'every' | 'first' };
  readonly wallet: WalletConfig;
  /** How long an order of coins can be paid. */
  readonly coins: { readonly payExpireMs: number };
  readonly risk: RiskConfig;
  /** How long a review, or a provider that is still working, may hold the close of an order. */
  readonly payments: { readonly reviewMs: number; readonly processingMs: number };
  readonly simulators: { readonly isOn: boolean; readonly port: number };
  readonly wechat: {
    /** Those whose secret we have. */
    readonly apps: readonly WechatApp[];
    /** All of them: Cloud Hosting knows its callers without a secret. */
    readonly knownApps: readonly KnownWechatApp[];
    readonly hostedLogin: HostedLoginConfig;
    readonly apiBaseUrl: string;
    readonly exposesSessionKey: boolean;
  };
  readonly wechatPay: WechatPayConfig | null;
  readonly wechatCloudPay: WechatCloudPayConfig | null;
  readonly bankTransfer: BankTransferConfig | null;
  readonly cashOnDelivery: CashOnDeliveryConfig | null;
  readonly alipay: AlipayConfig | null;
  readonly stripe: StripeConfig | null;
  /** What holds for the simulated account too. */
  readonly stripeOptions: StripeOptions;
  readonly paypal: PaypalConfig | null;
  readonly unitel: UnitelConfig | null;
  /** Whether the money of a top-up that was refused goes back by itself. */
  readonly topups: { readonly hasAutoRefund: boolean };
  readonly warnings: readonly string[];
}

function readInvites(settings: Settings): Config['invites'] {
  return { rewardBasisPoints: settings.INVITE_REWARD_BASIS_POINTS, rewardOn: settings.INVITE_REWARD_ON };
}

function isPublicAddress(publicUrl: string): boolean {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'https:' && !/^(localhost|[\d.]+|\[.*\])$/.test(hostname);
}

/** Production starts with nothing that only development may have; every finding is named. */
function checkProduction(settings: Settings, problems: string[]): void {
  if (settings.SIMULATORS === 'on') {
    problems.push('SIMULATORS: must be off in production');
  }
  for (const name of ['JWT_SECRET', 'APP_SECRET'] as const) {
    const secret = settings[name];
    if (secret === undefined || secret.length < MINIMUM_SECRET_LENGTH || new Set(secret).size < 10) {
      problems.push(
        `${name}: must be a random secret of at least ${MINIMUM_SECRET_LENGTH} characters in production`,
      );
    }
  }
  const hasPublicUrl = settings.PUBLIC_URL !== undefined && isPublicAddress(settings.PUBLIC_URL);
  if (!hasPublicUrl && (settings.PUBLIC_URL !== undefined || needsPublicUrl(settings))) {
    problems.push(
      'PUBLIC_URL: must be an https address with a host name in production (providers refuse anything else)',
    );
  }
  for (const name of [
    'WX_PAY_BASE_URL',
    'WX_API_BASE_URL',
    'ALI_PAY_GATEWAY_URL',
    'STRIPE_BASE_URL',
  ] as const) {
    if (!settings[name].startsWith('https://')) {
      problems.push(`${name}: must be https in production`);
    }
  }
}

/** The address under which others reach this server, without a path. */
export function publicUrlOf({ http }: Pick<Config, 'http'>): string {
  return http.publicUrl ?? `http://${http.host}:${http.port}`;
}

/** Where the process listens and what it works on. */
function toServer(settings: Settings) {
  return {
    mode: settings.NODE_ENV,
    role: settings.ROLE,
    http: {
      host: settings.HOST,
      port: settings.PORT,
      publicUrl: settings.PUBLIC_URL ?? null,
      trustProxy: settings.TRUST_PROXY,
      countryHeader: settings.RISK_COUNTRY_HEADER ?? null,
      corsOrigins: settings.CORS_ORIGIN,
      metricsToken: settings.METRICS_TOKEN ?? null,
    },
    database: { url: settings.DATABASE_URL, poolSize: settings.DATABASE_POOL_SIZE },
    dataDir: settings.DATA_DIR,
    logLevel: settings.LOG_LEVEL,
    tokens: { accessMs: settings.JWT_EXPIRES_IN, refreshMs: settings.JWT_REFRESH_EXPIRES_IN },
  };
}

/** Every account at somebody else who takes money or delivers, `null` where it is not set. */
function readMerchants(settings: Settings, problems: string[]) {
  return {
    wechatCloudPay: readWechatCloudPay(settings, problems),
    wechatPay: readWechatPay(settings, problems),
    bankTransfer: readBankTransfer(settings, problems),
    cashOnDelivery: readCashOnDelivery(settings),
    alipay: readAlipay(settings, problems),
    stripe: readStripe(settings, problems),
    paypal: readPaypal(settings, problems),
    unitel: readUnitel(settings, problems),
  };
}

function readWechat(settings: Settings, problems: string[]): Config['wechat'] {
  const knownApps = readApps(settings, problems);
  return {
    ...{ knownApps, apps: knownApps.filter(hasSecret) },
    hostedLogin: readHostedLogin(settings, problems),
    apiBaseUrl: settings.WX_API_BASE_URL,
    exposesSessionKey: settings.WX_EXPOSE_SESSION_KEY,
  };
}

/** By themselves only in development, where no real merchant in China is set. */
function hasSimulators(
  { SIMULATORS, NODE_ENV }: Settings,
  { wechatPay, wechatCloudPay, alipay }: ReturnType<typeof readMerchants>,
): boolean {
  const isUnset = [wechatPay, wechatCloudPay, alipay].every((merchant) => merchant === null);
  return SIMULATORS === 'on' || (SIMULATORS === 'auto' && NODE_ENV === 'development' && isUnset);
}

/** Reads and checks the whole configuration. Throws a {@link ConfigError} that names everything that is wrong at once. */
export function loadConfig(environment: Environment, folder: string = process.cwd()): Config {
  const { settings, warnings } = readSettings(environment, folder);
  const problems: string[] = [];
  const isProduction = settings.NODE_ENV === 'production';
  if (isProduction) {
    checkProduction(settings, problems);
  }
  const merchants = readMerchants(settings, problems);
  const wechat = readWechat(settings, problems);
  const risk = readRisk(settings, problems);
  const wallet = readWallet(settings, problems);
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  const generated = isProduction ? undefined : readOrGenerateSecrets(settings.DATA_DIR);
  return {
    ...toServer(settings),
    secrets: {
      jwt: settings.JWT_SECRET ?? (generated?.JWT_SECRET as string),
      app: settings.APP_SECRET ?? (generated?.APP_SECRET as string),
      adminPassword: settings.ADMIN_PASSWORD ?? generated?.ADMIN_PASSWORD ?? null,
    },
    shop: { currency: settings.SHOP_CURRENCY, hasDemoData: settings.DEMO_DATA && !isProduction },
    orders: { payExpireMs: settings.PAY_EXPIRE_TIME, maxUnpaid: settings.ORDER_MAX_UNPAID },
    payments: {
      reviewMs: settings.PAY_REVIEW_HOLD_HOURS * HOUR_MS,
      processingMs: settings.PAY_PROCESSING_HOLD_HOURS * HOUR_MS,
    },
    originKeptMs: settings.ORIGIN_KEPT_DAYS * DAY_MS,
    stock: {
      reservationMs: settings.STOCK_RESERVATION_MINUTES,
      maxReservations: settings.STOCK_RESERVATION_MAX,
      maxReservedUnits: settings.STOCK_RESERVATION_MAX_UNITS,
    },
    invites: readInvites(settings),
    wallet,
    coins: { payExpireMs: settings.COIN_EXPIRE_TIME },
    risk,
    simulators: { isOn: hasSimulators(settings, merchants), port: settings.SIMULATORS_PORT },
    wechat,
    ...merchants,
    stripeOptions: readStripeOptions(settings),
    topups: { hasAutoRefund: settings.TOPUP_AUTO_REFUND },
    warnings,
  };
}
