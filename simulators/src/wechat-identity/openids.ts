import { createHash } from 'node:crypto';
import type { Payer, Payers } from '../payers.ts';
import type { Store } from '../store.ts';
import type { WeChatApp } from './apps.ts';

/** Who a person is to WeChat: one openid for each app, one unionid for all apps of the merchant. */
export interface Openids {
  apps: readonly WeChatApp[];
  of(payerId: string, appid: string): string;
  unionidOf(payerId: string): string;
  /** The app and payer behind an openid, or undefined when nobody has it. */
  owner(openid: string): { appid: string; payerId: string } | undefined;
  describe(payer: Payer): { unionid: string; openids: Record<string, string> };
}

export const OPENID_TABLES = ['wechat_openids'] as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS wechat_openids (
  openid TEXT PRIMARY KEY, appid TEXT NOT NULL, payer_id TEXT NOT NULL) STRICT;`;

export function createOpenids(store: Store, payers: Payers, apps: readonly WeChatApp[]): Openids {
  store.define(SCHEMA);
  payers.onCreate((payer) => {
    for (const app of apps) {
      const openid = derive('o', app.appid, payer.id);
      store.run('INSERT INTO wechat_openids VALUES (?, ?, ?)', openid, app.appid, payer.id);
    }
  });

  const of = (payerId: string, appid: string) => derive('o', appid, payerId);
  const unionidOf = (payerId: string) => derive('u', 'union', payerId);
  return {
    apps,
    of,
    unionidOf,
    owner: (openid) =>
      store.get<{ appid: string; payerId: string }>(
        'SELECT appid, payer_id AS payerId FROM wechat_openids WHERE openid = ?',
        openid,
      ),
    describe: (payer) => ({
      unionid: unionidOf(payer.id),
      openids: Object.fromEntries(apps.map((app) => [app.appid, of(payer.id, app.appid)])),
    }),
  };
}

/** 28 characters of `[0-9A-Za-z_-]`, as WeChat's are; always the same for the same person and app. */
function derive(prefix: string, scope: string, payerId: string): string {
  return prefix + createHash('sha256').update(`${scope}:${payerId}`).digest('base64url').slice(0, 27);
}
