/** What we know of WeChat beyond payments: its server interfaces, logins, and buying in one call inside WeChat. */
import type { Router } from '../../kernel/http/index.ts';
import type { JobHandler } from '../../kernel/jobs/index.ts';
import { registerCloudCallbackRoutes } from './cloud-callback-routes.ts';
import type { WechatDeps } from './deps.ts';
import { registerJsapiRoutes } from './jsapi-routes.ts';
import { registerLoginRoutes } from './login-routes.ts';
import { registerPhoneRoutes } from './phone-routes.ts';
import { registerTokenRoutes } from './token-routes.ts';

export type { WechatDeps } from './deps.ts';
export { createHostedAuthenticate } from './hosted-login.ts';
export {
  createWechatOpenApi,
  type WechatOpenApi,
  type WechatOpenApiDeps,
  type WechatPhoneNumber,
  type WechatSession,
} from './open-api.ts';

export interface Wechat {
  registerRoutes(router: Router): void;
  readonly jobs: readonly JobHandler[];
}

/** The routes of WeChat as compose.ts wires them. */
export function createWechat(deps: WechatDeps): Wechat {
  return {
    registerRoutes(router) {
      registerLoginRoutes(router, deps);
      registerPhoneRoutes(router, deps);
      registerTokenRoutes(router, deps);
      registerJsapiRoutes(router, deps);
      registerCloudCallbackRoutes(router, deps);
    },
    jobs: [],
  };
}
