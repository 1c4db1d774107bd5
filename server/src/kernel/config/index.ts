export type { BankTransferConfig, CashOnDeliveryConfig } from './by-hand.ts';
export { type Config, loadConfig, publicUrlOf } from './load-config.ts';
export type { PaypalConfig } from './paypal.ts';
export { ConfigError, type Environment } from './read-settings.ts';
export type { RiskConfig, RiskWeights, VelocityLimits } from './risk.ts';
export type { UnitelConfig } from './unitel.ts';
export type { KnownWechatApp, WechatApp } from './wechat-apps.ts';
export type { HostedLoginConfig, WechatCloudPayConfig } from './wechat-cloud.ts';
export type { WechatPayConfig } from './wechat-pay.ts';
