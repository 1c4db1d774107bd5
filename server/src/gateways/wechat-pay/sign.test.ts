import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { answer, MCHID, makeGateway, merchantPublicKey, payment } from '../../../test/harness/wechat-pay.ts';
import { jsapiMessage, requestMessage } from './sign.ts';
import vectors from './vectors/wechat-pay.json' with { type: 'json' };

const documentedKey = createPublicKey(vectors.merchant_public_key_pem);
const stamp = { timestamp: '1554208460', nonce: '593BEC0C930BF1AFEB40B4A08C8FB242' };

function documentedSignature(name: string): Buffer {
  const vector = vectors.vectors.find((candidate) => candidate.name === name);
  return Buffer.from(vector?.signature ?? '', 'base64');
}

test('the message of a POST is the one whose signature WeChat Pay documents', () => {
  const body =
    '{"appid":"wxd678efh567hg6787","mchid":"1900007291","description":"Image形象店-深圳腾大-QQ公仔","out_trade_no":"1217752501201407033233368018","notify_url":"https://www.weixin.qq.com/wxpay/pay.php","amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}';
  const message = requestMessage({ method: 'POST', pathAndQuery: '/v3/pay/transactions/jsapi', body }, stamp);
  expect(verify('sha256', Buffer.from(message), documentedKey, documentedSignature('POST body'))).toBe(true);
});

test('the message of a GET, without a body, is the one whose signature WeChat Pay documents', () => {
  const pathAndQuery = '/v3/refund/domestic/refunds/123123123123';
  const message = requestMessage({ method: 'GET', pathAndQuery, body: '' }, stamp);
  expect(verify('sha256', Buffer.from(message), documentedKey, documentedSignature('GET path'))).toBe(true);
});

test('the message of the JSAPI parameters is the one whose signature WeChat Pay documents', () => {
  const message = jsapiMessage('wx2421b1c4370ec43b', 'wx201410272009395522657a690389285100', stamp);
  expect(verify('sha256', Buffer.from(message), documentedKey, documentedSignature('JSAPI paySign'))).toBe(
    true,
  );
});

test('a request carries the signature of exactly the bytes that are sent', async () => {
  const { gateway, calls, answers } = makeGateway();
  answers(answer({ prepay_id: 'wx1' }));
  await gateway.createPayment(payment);
  const call = calls[0];
  const header = call?.headers?.authorization ?? '';
  expect(header).toMatch(
    /^WECHATPAY2-SHA256-RSA2048 mchid="\d+",nonce_str="\w{32}",signature="[\w+/=]+",timestamp="\d{10}",serial_no="\w{40}"$/,
  );
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  expect(field('mchid')).toBe(MCHID);
  const message = requestMessage(
    { method: 'POST', pathAndQuery: new URL(call?.url ?? '').pathname, body: String(call?.body) },
    { timestamp: field('timestamp'), nonce: field('nonce_str') },
  );
  const signature = Buffer.from(field('signature'), 'base64');
  expect(verify('sha256', Buffer.from(message), merchantPublicKey, signature)).toBe(true);
});

test('no two requests carry the same nonce', async () => {
  const { gateway, calls, answers } = makeGateway();
  answers(answer({ prepay_id: 'wx1' }), answer({ prepay_id: 'wx2' }));
  await gateway.createPayment(payment);
  await gateway.createPayment(payment);
  const [first, second] = calls.map(
    (call) => /nonce_str="(\w+)"/.exec(call.headers?.authorization ?? '')?.[1],
  );
  expect(first).not.toBe(second);
});
