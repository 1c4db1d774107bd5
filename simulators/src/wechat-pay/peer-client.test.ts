import { afterAll, beforeAll, expect, test } from 'vitest';
import { Aes, Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { type Delivery, startReceiver } from '../../test/receiver.ts';
import { type Simulators, startSimulators } from '../index.ts';

// An independent client of the protocol: what it signs must be accepted here, what is signed here it must accept.

interface PeerVerbs {
  get(config?: object): Promise<{ status: number; data: PeerData }>;
  post(body: object, config?: object): Promise<{ status: number; data: PeerData }>;
}
interface PeerData {
  prepay_id: string;
  code_url: string;
  transaction_id: string;
  status: string;
  data: { encrypt_certificate: { ciphertext: string; nonce: string; associated_data: string } }[];
}

let simulators: Simulators;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let client: object;

beforeAll(async () => {
  simulators = await startSimulators({ delivery: 'manual', timeScale: 1000 });
  receiver = await startReceiver();
  const merchant = simulators.wechatPay.merchant();
  const certificates = merchant.platformCertificates.map(({ serialNo, pem }) => [serialNo, pem]);
  client = new Wechatpay({
    mchid: merchant.mchid,
    serial: merchant.merchantSerialNo,
    privateKey: merchant.merchantPrivateKeyPem,
    certs: {
      [merchant.publicKeyId]: merchant.publicKeyPem,
      ...(Object.fromEntries(certificates) as Record<string, string>),
    },
    baseURL: merchant.apiBaseUrl,
  });
});

/** The peer's client is a chain of properties, one for each segment of a path. */
function at(path: string): PeerVerbs {
  const end = path.split('/').reduce((node, segment) => Reflect.get(node, segment) as object, client);
  return end as PeerVerbs;
}

afterAll(async () => {
  await simulators.close();
  await receiver.close();
});

function order(outTradeNo: string) {
  const merchant = simulators.wechatPay.merchant();
  return {
    appid: merchant.apps[0]?.appid,
    mchid: merchant.mchid,
    description: '绿茶 × 1',
    out_trade_no: outTradeNo,
    notify_url: receiver.url,
    amount: { total: 1000, currency: 'CNY' },
  };
}

function openWithPeer({ headers, body }: Delivery): Record<string, unknown> {
  const merchant = simulators.wechatPay.merchant();
  const serial = headers['wechatpay-serial'] ?? '';
  const certificate = merchant.platformCertificates.find(({ serialNo }) => serialNo === serial)?.pem;
  const key = Rsa.from(certificate ?? merchant.publicKeyPem, Rsa.KEY_TYPE_PUBLIC);
  const message = Formatter.joinedByLineFeed(
    headers['wechatpay-timestamp'] ?? '',
    headers['wechatpay-nonce'] ?? '',
    body,
  );
  expect(Rsa.verify(message, headers['wechatpay-signature'] ?? '', key)).toBe(true);
  const { resource } = JSON.parse(body) as {
    resource: { ciphertext: string; nonce: string; associated_data: string };
  };
  const plain = Aes.AesGcm.decrypt(
    resource.ciphertext,
    merchant.apiV3Key,
    resource.nonce,
    resource.associated_data,
  );
  return JSON.parse(plain) as Record<string, unknown>;
}

test('the peer orders by JSAPI, and accepts the notification of the payment', async () => {
  const payer = simulators.payers.create();
  const appid = simulators.wechatPay.merchant().apps[0]?.appid ?? '';
  const body = { ...order('PEER-JSAPI'), payer: { openid: payer.openids[appid] } };
  const { data } = await at('v3/pay/transactions/jsapi').post(body);
  expect(simulators.wechatPay.pay({ prepayId: data.prepay_id })).toMatchObject({ result: 'paid' });
  await simulators.notifications.flush();
  const told = openWithPeer(receiver.deliveries.at(-1) ?? { headers: {}, body: '' });
  expect(told).toMatchObject({
    out_trade_no: 'PEER-JSAPI',
    trade_state: 'SUCCESS',
    payer: { openid: payer.openids[appid] },
  });
});

test('the peer orders by Native, queries by both numbers, and closes what is unpaid', async () => {
  const { mchid } = simulators.wechatPay.merchant();
  const { data } = await at('v3/pay/transactions/native').post(order('PEER-NATIVE'));
  simulators.wechatPay.pay({ codeUrl: data.code_url });
  const byNumber = await at('v3/pay/transactions/outTradeNo/_no_').get({
    params: { mchid },
    no: 'PEER-NATIVE',
  });
  const byId = await at('v3/pay/transactions/id/_id_').get({
    params: { mchid },
    id: byNumber.data.transaction_id,
  });
  expect(byId.data).toEqual(byNumber.data);

  await at('v3/pay/transactions/native').post(order('PEER-CLOSED'));
  const closed = await at('v3/pay/transactions/outTradeNo/_no_/close').post({ mchid }, { no: 'PEER-CLOSED' });
  expect(closed.status).toBe(204);
});

test('the peer refunds, queries the refund, and accepts the notification of it', async () => {
  await at('v3/pay/transactions/native').post(order('PEER-REFUND'));
  simulators.wechatPay.pay({ outTradeNo: 'PEER-REFUND' });
  const accepted = await at('v3/refund/domestic/refunds').post({
    out_trade_no: 'PEER-REFUND',
    out_refund_no: 'PEER-REFUND-1',
    notify_url: receiver.url,
    amount: { refund: 300, total: 1000, currency: 'CNY' },
  });
  expect(accepted.data.status).toBe('PROCESSING');
  await simulators.notifications.flush({ all: true });
  const queried = await at('v3/refund/domestic/refunds/_no_').get({ no: 'PEER-REFUND-1' });
  expect(queried.data.status).toBe('SUCCESS');
  const told = openWithPeer(receiver.deliveries.at(-1) ?? { headers: {}, body: '' });
  expect(told).toMatchObject({ out_refund_no: 'PEER-REFUND-1', refund_status: 'SUCCESS' });
});

test('the peer opens the platform certificates', async () => {
  const merchant = simulators.wechatPay.merchant();
  const { data } = await at('v3/certificates').get();
  const { ciphertext = '', nonce = '', associated_data: aad = '' } = data.data[0]?.encrypt_certificate ?? {};
  const pem = Aes.AesGcm.decrypt(ciphertext, merchant.apiV3Key, nonce, aad);
  expect(pem).toBe(merchant.platformCertificates[0]?.pem);
});

test('the peer refuses an answer whose signature is wrong', async () => {
  simulators.faults.set({ provider: 'wechat-pay', operation: 'prepay', kind: 'wrong_signature' });
  await expect(at('v3/pay/transactions/native').post(order('PEER-SPOILT'))).rejects.toThrow();
});
