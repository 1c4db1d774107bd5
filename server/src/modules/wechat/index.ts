/** What we know of WeChat beyond payments: its server interfaces. */
export {
  createWechatOpenApi,
  type WechatOpenApi,
  type WechatOpenApiDeps,
  type WechatPhoneNumber,
  type WechatSession,
} from './open-api.ts';
