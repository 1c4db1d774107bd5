/** What the simulated providers would have given to a merchant, as configuration; see simulators/README.md. */
import { type Config, publicUrlOf, type WechatApp } from './kernel/config/index.ts';

/** Reads from the simulators' control API, or changes something there. */
export type AskSimulators = <T>(path: string, change?: Readonly<Record<string, unknown>>) => Promise<T>;

/** What the simulated WeChat would have given to a merchant. */
interface SimulatedMerchant {
  readonly mchid: string;
  readonly merchantSerialNo: string;
  readonly merchantPrivateKeyPem: string;
  readonly apiV3Key: string;
  readonly publicKeyId: string;
  readonly publicKeyPem: string;
  readonly apps: readonly WechatApp[];
  readonly apiBaseUrl: string;
  readonly openApiBaseUrl: string;
}

/** What the simulated Stripe would have given to a merchant. */
interface SimulatedStripeAccount {
  readonly accountId: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecret: string;
  readonly apiBaseUrl: string;
}

/** What the simulated Alipay would have given to the same merchant. */
interface SimulatedAlipayMerchant {
  readonly appId: string;
  readonly sellerId: string;
  readonly appPrivateKeyPem: string;
  readonly keyMode: 'key' | 'certificate';
  readonly alipayPublicKeyPem: string;
  readonly appCertificatePem: string;
  readonly alipayCertificatesPem: string;
  readonly rootCertificatesPem: string;
  readonly gatewayUrl: string;
}

/** What the simulated PayPal would have given to a merchant. */
interface SimulatedPaypalMerchant {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly merchantId: string;
  readonly webhookId: string;
  readonly webhookCaPem: string;
  readonly apiBaseUrl: string;
}

/** What the simulated operator would have given to a shop. */
interface SimulatedUnitelAccount {
  readonly username: string;
  readonly password: string;
  readonly apiBaseUrl: string;
}

/** What the simulated Cloud Hosting would have given to the same merchant. */
interface SimulatedCloudMerchant {
  readonly subMchid: string;
  readonly envId: string;
  readonly service: string;
  readonly apiBaseUrl: string;
}

/** Fills in every provider that is simulated, and tells those that keep our address themselves where we are. */
export async function configureMerchants(config: Config, ask: AskSimulators): Promise<Config> {
  // At Stripe and PayPal the address of the events stands in the dashboard, not in the payment.
  const eventsTo = (provider: string) => ({
    webhookUrl: `${publicUrlOf(config)}/payments/notify/${provider}`,
  });
  const [merchant, alipay, account, paypal, unitel, cloud] = await Promise.all([
    ask<SimulatedMerchant>('wechat-pay/merchant'),
    ask<SimulatedAlipayMerchant>('alipay/merchant'),
    ask<SimulatedStripeAccount>('stripe/merchant'),
    ask<SimulatedPaypalMerchant>('paypal/merchant'),
    ask<SimulatedUnitelAccount>('unitel/account'),
    ask<SimulatedCloudMerchant>('wechat-cloud/merchant'),
    ask('stripe/settings', eventsTo('stripe')),
    ask('paypal/settings', eventsTo('paypal')),
    ask('wechat-cloud/settings', { serviceUrl: publicUrlOf(config) }),
  ]);
  const rails = withPaypal(withStripe(withAlipay(withMerchant(config, merchant), alipay), account), paypal);
  return withWechatCloud(withUnitel(rails, unitel), cloud);
}

function withMerchant(config: Config, merchant: SimulatedMerchant): Config {
  return {
    ...config,
    wechat: {
      ...config.wechat,
      apps: merchant.apps,
      knownApps: merchant.apps,
      apiBaseUrl: merchant.openApiBaseUrl,
    },
    wechatPay: {
      mchid: merchant.mchid,
      merchantSerialNo: merchant.merchantSerialNo,
      privateKeyPem: merchant.merchantPrivateKeyPem,
      apiV3Key: merchant.apiV3Key,
      publicKey: { id: merchant.publicKeyId, pem: merchant.publicKeyPem },
      baseUrl: merchant.apiBaseUrl,
      feeBasisPoints: config.wechatPay?.feeBasisPoints ?? 60,
    },
  };
}

function withStripe(config: Config, account: SimulatedStripeAccount): Config {
  return {
    ...config,
    stripe: {
      ...config.stripeOptions,
      accountId: account.accountId,
      secretKey: account.secretKey,
      publishableKey: account.publishableKey,
      webhookSecrets: [account.webhookSecret],
      baseUrl: account.apiBaseUrl,
    },
  };
}

function withAlipay(config: Config, merchant: SimulatedAlipayMerchant): Config {
  const { alipayPublicKeyPem, appCertificatePem, alipayCertificatesPem, rootCertificatesPem } = merchant;
  return {
    ...config,
    alipay: {
      appId: merchant.appId,
      sellerId: merchant.sellerId,
      privateKey: merchant.appPrivateKeyPem,
      verification:
        merchant.keyMode === 'key'
          ? { mode: 'key', alipayPublicKey: alipayPublicKeyPem }
          : { mode: 'certificate', appCertificatePem, alipayCertificatesPem, rootCertificatesPem },
      gatewayUrl: merchant.gatewayUrl,
      feeBasisPoints: config.alipay?.feeBasisPoints ?? 60,
    },
  };
}

function withPaypal(config: Config, { apiBaseUrl, ...merchant }: SimulatedPaypalMerchant): Config {
  return {
    ...config,
    paypal: {
      ...merchant,
      baseUrl: apiBaseUrl,
      webhookVerification: 'offline',
      intent: 'CAPTURE',
      feeBasisPoints: 349,
    },
  };
}

function withUnitel(config: Config, { apiBaseUrl, ...account }: SimulatedUnitelAccount): Config {
  return {
    ...config,
    unitel: { ...account, baseUrl: apiBaseUrl, account: 'suanpan', hasVatBill: true },
  };
}

function withWechatCloud(
  config: Config,
  { apiBaseUrl, subMchid, envId, service }: SimulatedCloudMerchant,
): Config {
  return {
    ...config,
    wechatCloudPay: {
      ...{ subMchid, envId, service },
      baseUrl: apiBaseUrl,
      feeBasisPoints: config.wechatCloudPay?.feeBasisPoints ?? 60,
    },
  };
}
