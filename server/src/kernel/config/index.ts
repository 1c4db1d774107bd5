export { type Config, loadConfig, type WechatApp, type WechatPayConfig } from './load-config.ts';
export { ConfigError, type Environment } from './read-settings.ts';
