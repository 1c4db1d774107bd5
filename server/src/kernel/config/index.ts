export type { BankTransferConfig, CashOnDeliveryConfig } from './by-hand.ts';
export { type Config, loadConfig, type WechatApp } from './load-config.ts';
export { ConfigError, type Environment } from './read-settings.ts';
export type { RiskConfig, RiskWeights, VelocityLimits } from './risk.ts';
export type { WechatPayConfig } from './wechat-pay.ts';
