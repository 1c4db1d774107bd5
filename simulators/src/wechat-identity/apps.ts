import { randomHex } from '../random.ts';
import { openSecretFile } from '../secret-file.ts';

/** An account at the WeChat open platform that users log in to and pay through. */
export interface WeChatApp {
  appid: string;
  secret: string;
  kind: 'mini_program' | 'official_account';
}

/** The apps of the simulated merchant: generated once, then kept in `wechat-apps.json`. */
export function loadApps(dataDir: string | undefined): WeChatApp[] {
  const file = openSecretFile<WeChatApp[]>(dataDir, 'wechat-apps.json');
  const stored = file.read();
  if (stored !== undefined) {
    return stored;
  }
  const apps = [newApp('mini_program'), newApp('official_account')];
  file.write(apps);
  return apps;
}

function newApp(kind: WeChatApp['kind']): WeChatApp {
  return { appid: `wx${randomHex(16)}`, secret: randomHex(32), kind };
}
