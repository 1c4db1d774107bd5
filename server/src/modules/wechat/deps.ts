/** What the routes of WeChat work with; compose.ts hands it in. */
import type { Clock } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config/index.ts';
import type { Db } from '../../kernel/db/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Orders } from '../orders/index.ts';
import type { Payments } from '../payments/index.ts';
import type { WechatOpenApi } from './open-api.ts';

export interface WechatDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Config['wechat'];
  readonly openApi: WechatOpenApi;
  readonly identity: Pick<
    Identity,
    'findOrCreateLinkedUser' | 'keepLinkedAccount' | 'startSession' | 'issueTokens' | 'setVerifiedPhone'
  >;
  readonly orders: Pick<Orders, 'placeOrder' | 'payOrder'>;
  readonly payments: Pick<Payments, 'registerNotificationRoute'>;
  /** The way to pay inside WeChat that this merchant has. */
  readonly payMethod: 'wechat_jsapi' | 'wechat_cloud';
}

/** How identity names the accounts of WeChat. */
export const WECHAT = 'wechat';

export const TAG = 'WeChat';
