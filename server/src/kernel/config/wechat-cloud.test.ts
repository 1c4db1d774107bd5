import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomCode } from '../ids.ts';
import { loadConfig } from './index.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suanpan-cloud-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (environment: Record<string, string>) =>
  loadConfig({ DATA_DIR: folder, SIMULATORS: 'off', ...environment }, folder);

const APP = { WX_APPID: 'wx1111111111111111' };
const HOSTED = {
  ...{ NODE_ENV: 'production', WECHAT_CLOUD_HOSTING: 'true', HOST: '0.0.0.0', PORT: '80' },
  ...{ DATABASE_URL: 'mysql://suanpan:secret@10.0.0.2:3306/suanpan', ...APP },
  ...{ JWT_SECRET: randomCode(48), APP_SECRET: randomCode(48), ADMIN_PASSWORD: 'abacus-beads-and-rods' },
};
const PAY = {
  CBR_ENV_ID: 'prod-3gabcdef',
  WX_CLOUD_PAY_MCHID: '1710000001',
  WX_CLOUD_PAY_SERVICE: 'suanpan',
};

describe('WeChat Cloud Hosting', () => {
  test('needs no public address and no secret of the app, and believes its headers', () => {
    const { wechat, http } = load(HOSTED);
    expect(http.publicUrl).toBeNull();
    expect(wechat.hostedLogin).toEqual({ isHosted: true, isMocked: false });
    expect(wechat.knownApps).toMatchObject([{ appid: APP.WX_APPID }]);
    expect(wechat.apps).toEqual([]);
  });

  test('is nowhere by itself, so that headers are believed nowhere', () => {
    const { WECHAT_CLOUD_HOSTING: _, ...elsewhere } = HOSTED;
    const { wechat } = load({ ...elsewhere, WX_SECRET: 's', PUBLIC_URL: 'https://shop.example.com' });
    expect(wechat.hostedLogin).toEqual({ isHosted: false, isMocked: false });
    expect(() => load(elsewhere)).toThrow('PUBLIC_URL');
  });

  test('refuses SQLite, whose file would be thrown away with the container', () => {
    expect(() => load({ ...HOSTED, DATABASE_URL: 'sqlite:./data/suanpan.db' })).toThrow(
      'must be PostgreSQL or MySQL with WECHAT_CLOUD_HOSTING',
    );
  });

  test('needs to know whose logins to believe', () => {
    const { WX_APPID: _, ...rest } = HOSTED;
    expect(() => load(rest)).toThrow('WX_APPID');
  });

  test('needs a public address for providers that call from outside', () => {
    const stripe = {
      STRIPE_SECRET_KEY: 'sk_test_1',
      STRIPE_ACCOUNT_ID: 'acct_1',
      STRIPE_WEBHOOK_SECRET: 'w',
    };
    expect(() => load({ ...HOSTED, ...stripe })).toThrow('PUBLIC_URL');
  });
});

describe('X-Mock-Openid', () => {
  test('works by itself on a developer’s own machine, and on no address that others reach', () => {
    const isMocked = (more: Record<string, string>) => load({ ...more }).wechat.hostedLogin.isMocked;
    expect(isMocked({ NODE_ENV: 'development', HOST: '127.0.0.1' })).toBe(true);
    expect(isMocked({ NODE_ENV: 'development', HOST: '0.0.0.0' })).toBe(false);
    expect(isMocked({ NODE_ENV: 'development', HOST: '127.0.0.1', WECHAT_MOCK_LOGIN: 'off' })).toBe(false);
    expect(isMocked({ NODE_ENV: 'test', HOST: '127.0.0.1' })).toBe(false);
  });

  test('can be switched on neither in production nor in Cloud Hosting', () => {
    const problem = 'WECHAT_MOCK_LOGIN: must be off';
    expect(() => load({ ...HOSTED, WECHAT_MOCK_LOGIN: 'on' })).toThrow(problem);
    const { WECHAT_CLOUD_HOSTING: _, ...elsewhere } = HOSTED;
    expect(() => load({ ...elsewhere, WECHAT_MOCK_LOGIN: 'on' })).toThrow(problem);
    expect(() => load({ ...HOSTED, NODE_ENV: 'development', WECHAT_MOCK_LOGIN: 'on' })).toThrow(problem);
  });
});

describe('payments by cloud call', () => {
  test('need the merchant, the environment and the service', () => {
    expect(load({ ...HOSTED, ...PAY }).wechatCloudPay).toEqual({
      ...{ subMchid: '1710000001', envId: 'prod-3gabcdef', service: 'suanpan' },
      ...{ baseUrl: 'http://api.weixin.qq.com', feeBasisPoints: 60 },
    });
    expect(load(HOSTED).wechatCloudPay).toBeNull();
    for (const name of ['CBR_ENV_ID', 'WX_CLOUD_PAY_SERVICE']) {
      expect(() => load({ ...HOSTED, ...PAY, [name]: '' })).toThrow(name);
    }
  });

  test('speak in the clear to the link of the platform only', () => {
    for (const url of [
      'http://127.0.0.1:4017',
      'https://api.weixin.qq.com',
      'http://api.weixin.qq.com.evil',
    ]) {
      expect(() => load({ ...HOSTED, ...PAY, WX_CLOUD_PAY_BASE_URL: url })).toThrow('WX_CLOUD_PAY_BASE_URL');
    }
  });

  test('are refused in production where there is no link', () => {
    const { WECHAT_CLOUD_HOSTING: _, ...elsewhere } = HOSTED;
    const outside = { ...elsewhere, ...PAY, WX_SECRET: 's', PUBLIC_URL: 'https://shop.example.com' };
    expect(() => load(outside)).toThrow('only with WECHAT_CLOUD_HOSTING');
  });
});
