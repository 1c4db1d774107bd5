import type { TradingContext } from '../wechat-pay/context.ts';
import type { Material } from './material.ts';
import type { WeChatCloudSettingsHolder } from './settings.ts';

export const PROVIDER = 'wechat-cloud';

/** What the operations of the simulated cloud calls work with. */
export interface WeChatCloudContext extends TradingContext {
  settings: WeChatCloudSettingsHolder;
  material: Material;
}
