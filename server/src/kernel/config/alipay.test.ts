import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAlipay } from './alipay.ts';
import type { Settings } from './keys.ts';
import { readSettings } from './read-settings.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suanpan-alipay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(environment: Record<string, string>) {
  const problems: string[] = [];
  const settings: Settings = readSettings(environment, folder).settings;
  return { alipay: readAlipay(settings, problems), problems };
}

const MERCHANT = { ALI_PAY_APP_ID: '2021', ALI_PAY_SELLER_ID: '2088', ALI_PAY_PRIVATE_KEY: 'key' };

test('without an app there is no Alipay, and nothing is wrong', () => {
  expect(read({})).toEqual({ alipay: null, problems: [] });
});

test("Alipay's public key alone is key mode", () => {
  const { alipay, problems } = read({ ...MERCHANT, ALI_PAY_PUBLIC_KEY: 'a\\nb' });
  expect(problems).toEqual([]);
  expect(alipay).toMatchObject({
    appId: '2021',
    verification: { mode: 'key', alipayPublicKey: 'a\nb' },
    gatewayUrl: 'https://openapi.alipay.com/gateway.do',
    feeBasisPoints: 60,
  });
});

test('three certificates are certificate mode, also as files', () => {
  const root = join(folder, 'root.crt');
  writeFileSync(root, 'roots');
  const certificates = {
    ALI_PAY_APP_CERT: 'app',
    ALI_PAY_PUBLIC_CERT: 'alipay',
    ALI_PAY_ROOT_CERT_FILE: root,
  };
  expect(read({ ...MERCHANT, ...certificates }).alipay?.verification).toEqual({
    mode: 'certificate',
    appCertificatePem: 'app',
    alipayCertificatesPem: 'alipay',
    rootCertificatesPem: 'roots',
  });
});

test.each([
  ['nothing to verify with', {}, 'ALI_PAY_PUBLIC_KEY'],
  ['two of three certificates', { ALI_PAY_APP_CERT: 'a', ALI_PAY_ROOT_CERT: 'b' }, 'ALI_PAY_PUBLIC_CERT'],
  ['key and certificates', { ALI_PAY_PUBLIC_KEY: 'a', ALI_PAY_APP_CERT: 'b' }, 'either'],
  ['a file that is not there', { ALI_PAY_PUBLIC_KEY_FILE: '/nowhere/key' }, 'can not be read'],
])('%s is a problem that names the setting', (_name, more, problem) => {
  const { alipay, problems } = read({ ...MERCHANT, ...more });
  expect(alipay).toBeNull();
  expect(problems.join('\n')).toContain(problem);
});

test('an app without merchant or key is a problem', () => {
  expect(read({ ALI_PAY_APP_ID: '2021', ALI_PAY_PUBLIC_KEY: 'a' }).problems.join()).toContain(
    'ALI_PAY_SELLER_ID',
  );
});
