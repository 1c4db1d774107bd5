import { randomHex } from '../random.ts';
import { openSecretFile } from '../secret-file.ts';

/** An account at the WeChat open platform that users log in to and pay through. */
export interface WeChatApp {
  appid: string;
  secret: string;
  kind: 'mini_program' | 'official_account' | 'mobile_app';
}

const KINDS = ['mini_program', 'official_account', 'mobile_app'] as const;

/** The apps of the simulated merchant: generated once, then kept in `wechat-apps.json`. */
export function loadApps(dataDir: string | undefined): WeChatApp[] {
  const file = openSecretFile<WeChatApp[]>(dataDir, 'wechat-apps.json');
  const stored = file.read() ?? [];
  const missing = KINDS.filter((kind) => !stored.some((app) => app.kind === kind));
  const apps = [...stored, ...missing.map(newApp)];
  if (missing.length > 0) {
    file.write(apps);
  }
  return apps;
}

function newApp(kind: WeChatApp['kind']): WeChatApp {
  return { appid: `wx${randomHex(16)}`, secret: randomHex(32), kind };
}
