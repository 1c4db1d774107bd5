import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMerchant, unseal } from '../../test/merchant.ts';
import { type Simulators, startSimulators } from '../index.ts';
import { encryptField } from './signing.ts';

let simulators: Simulators;
let shop: ReturnType<typeof createMerchant>;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual' });
  shop = createMerchant(simulators);
});
afterAll(() => simulators.close());
beforeEach(() => {
  simulators.wechatPay.changeSettings({ keyMode: 'switching', greyPercent: 50 });
});

interface Listed {
  serial_no: string;
  encrypt_certificate: { ciphertext: string; nonce: string; associated_data: string };
}

/** Which key signs an answer to a request with this Wechatpay-Serial. */
async function answeringSerial(requestSerial: string | undefined): Promise<string | undefined> {
  const headers = { 'wechatpay-serial': requestSerial };
  const answer = await shop.call('POST', '/v3/security/echo', { echo_message: 'hello' }, { headers });
  expect(shop.isGenuine(answer.headers, answer.bytes.toString())).toBe(true);
  return answer.headers['wechatpay-serial'];
}

/** The serials that callbacks of so many payments are signed with. */
async function callbackSerials(count: number): Promise<(string | undefined)[]> {
  const serials: (string | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    const outTradeNo = `CALLBACK-${Date.now()}-${index}`;
    await shop.buy(outTradeNo);
    const [notification] = simulators.notifications.list({ subject: outTradeNo });
    const { headers, body } = simulators.notifications.compose(notification?.id ?? '');
    expect(shop.isGenuine(headers, body)).toBe(true);
    serials.push(headers['wechatpay-serial']);
  }
  return serials;
}

test('while switching, answers follow the request', async () => {
  const { publicKeyId, platformCertificates } = simulators.wechatPay.merchant();
  expect(await answeringSerial(publicKeyId)).toBe(publicKeyId);
  expect(await answeringSerial(platformCertificates[0]?.serialNo)).toBe(platformCertificates[0]?.serialNo);
  expect(await answeringSerial(undefined)).toBe(platformCertificates[0]?.serialNo);
});

test('the grey percentage decides how many callbacks the new key signs', async () => {
  const { publicKeyId, platformCertificates } = simulators.wechatPay.merchant();
  simulators.wechatPay.changeSettings({ greyPercent: 0 });
  expect(new Set(await callbackSerials(5))).toEqual(new Set([platformCertificates[0]?.serialNo]));
  simulators.wechatPay.changeSettings({ greyPercent: 100 });
  expect(new Set(await callbackSerials(5))).toEqual(new Set([publicKeyId]));
  simulators.wechatPay.changeSettings({ greyPercent: 50 });
  // One key for all of forty at fifty per cent is as likely as one in 2^39.
  expect(new Set(await callbackSerials(40)).size).toBe(2);
});

test('in public-key mode there are no certificates and everything is signed by the public key’s partner', async () => {
  const { publicKeyId } = simulators.wechatPay.merchant();
  simulators.wechatPay.changeSettings({ keyMode: 'public_key' });
  const answer = await shop.call('GET', '/v3/certificates');
  expect([answer.status, answer.json.code]).toEqual([404, 'RESOURCE_NOT_EXISTS']);
  expect(await answeringSerial(undefined)).toBe(publicKeyId);
  expect(new Set(await callbackSerials(3))).toEqual(new Set([publicKeyId]));
});

test('in certificate mode the certificate signs, whatever the request asks for', async () => {
  const { publicKeyId, platformCertificates } = simulators.wechatPay.merchant();
  simulators.wechatPay.changeSettings({ keyMode: 'certificate' });
  expect(await answeringSerial(publicKeyId)).toBe(platformCertificates[0]?.serialNo);
});

test('certificates are sealed, listed newest first, at most three, and the old ones still verify', async () => {
  const [before] = simulators.wechatPay.merchant().platformCertificates;
  for (let count = 0; count < 3; count += 1) {
    await simulators.wechatPay.rotateCertificate();
  }
  const answer = await shop.call('GET', '/v3/certificates');
  const listed = (answer.json as unknown as { data: Listed[] }).data;
  expect(listed).toHaveLength(3);
  expect(listed.map(({ serial_no: serial }) => serial)).not.toContain(before?.serialNo);
  for (const { serial_no: serial, encrypt_certificate: sealed } of listed) {
    const certificate = new X509Certificate(unseal(sealed, shop.merchant.apiV3Key));
    expect(certificate.serialNumber).toBe(serial);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  }
  expect(answer.headers['wechatpay-serial']).toBe(listed[0]?.serial_no);

  await shop.buy('OLD-SERIAL');
  const [notification] = simulators.notifications.list({ subject: 'OLD-SERIAL' });
  const old = simulators.notifications.compose(notification?.id ?? '', { kind: 'old_serial' });
  expect(old.headers['wechatpay-serial']).toBe(listed[2]?.serial_no);
  expect(shop.isGenuine(old.headers, old.body)).toBe(true);
});

test('the echo opens what was sealed for the key that the request names, and seals it for the merchant', async () => {
  const { publicKeyId, publicKeyPem } = simulators.wechatPay.merchant();
  const body = {
    echo_message: 'hello',
    encrypted_echo_message: encryptField('secret', createPublicKey(publicKeyPem)),
  };
  const headers = { 'wechatpay-serial': publicKeyId };
  const good = await shop.call('POST', '/v3/security/echo', body, { headers });
  expect(good.json.echo_message).toBe('hello');
  expect(String(good.json.encrypted_echo_message)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  const other = { 'wechatpay-serial': simulators.wechatPay.merchant().platformCertificates[0]?.serialNo };
  const bad = await shop.call('POST', '/v3/security/echo', body, { headers: other });
  expect([bad.status, bad.json.code]).toEqual([400, 'PARAM_ERROR']);
});
