import { AlipaySdk } from 'alipay-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Delivery, startReceiver } from '../../test/receiver.ts';
import { type Simulators, startSimulators } from '../index.ts';

// Alipay's own client: what it signs must be accepted here, what is signed here it must accept.

let simulators: Simulators;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let sdk: AlipaySdk;

const exec = (method: string, bizContent: object, notifyUrl?: string) =>
  sdk.exec(method, notifyUrl === undefined ? { bizContent } : { bizContent, notify_url: notifyUrl }, {
    validateSign: true,
  }) as Promise<Record<string, unknown> & { code: string }>;

function createSdk(keyMode: 'key' | 'certificate'): AlipaySdk {
  simulators.alipay.changeSettings({ keyMode });
  const merchant = simulators.alipay.merchant();
  const common = {
    appId: merchant.appId,
    privateKey: merchant.appPrivateKeyPem,
    keyType: 'PKCS8' as const,
    gateway: merchant.gatewayUrl,
  };
  return keyMode === 'key'
    ? new AlipaySdk({ ...common, alipayPublicKey: merchant.alipayPublicKeyPem })
    : new AlipaySdk({
        ...common,
        appCertContent: merchant.appCertificatePem,
        alipayPublicCertContent: merchant.alipayCertificatesPem,
        alipayRootCertContent: merchant.rootCertificatesPem,
      });
}

const formOf = ({ body }: Delivery) => Object.fromEntries(new URLSearchParams(body));

describe.each(['key', 'certificate'] as const)('in the key mode %s', (keyMode) => {
  beforeAll(async () => {
    simulators = await startSimulators({ delivery: 'manual' });
    receiver = await startReceiver();
    sdk = createSdk(keyMode);
  });
  afterAll(async () => {
    await simulators.close();
    await receiver.close();
  });

  test('the peer orders a code, and accepts the notification of its payment', async () => {
    const order = { out_trade_no: 'PEER-QR', total_amount: '12.34', subject: '绿茶 50%' };
    const { qrCode } = await exec('alipay.trade.precreate', order, receiver.url);
    await expect(exec('alipay.trade.query', { out_trade_no: 'PEER-QR' })).resolves.toMatchObject({
      code: '40004',
      subCode: 'ACQ.TRADE_NOT_EXIST',
    });
    expect(simulators.alipay.pay({ qrCode: String(qrCode) }).result).toBe('paid');
    await simulators.notifications.flush();
    const told = formOf(receiver.deliveries.at(-1) ?? { headers: {}, body: '' });
    expect(told).toMatchObject({
      out_trade_no: 'PEER-QR',
      trade_status: 'TRADE_SUCCESS',
      total_amount: '12.34',
    });
    expect(sdk.checkNotifySignV2(told)).toBe(true);
    expect(sdk.checkNotifySignV2({ ...told, total_amount: '12.35' })).toBe(false);
  });

  test('the peer queries, refunds and asks for the refund', async () => {
    const trade = { out_trade_no: 'PEER-QR' };
    expect(await exec('alipay.trade.query', trade)).toMatchObject({
      code: '10000',
      tradeStatus: 'TRADE_SUCCESS',
      totalAmount: '12.34',
    });
    const refund = { ...trade, refund_amount: '0.34', out_request_no: 'PEER-R1' };
    expect(await exec('alipay.trade.refund', refund)).toMatchObject({ fundChange: 'Y', refundFee: '0.34' });
    expect(await exec('alipay.trade.refund', refund)).toMatchObject({ fundChange: 'N', refundFee: '0.34' });
    expect(
      await exec('alipay.trade.fastpay.refund.query', { ...trade, out_request_no: 'PEER-R1' }),
    ).toMatchObject({ refundStatus: 'REFUND_SUCCESS', refundAmount: '0.34' });
  });

  test("the peer's address of a page is opened and paid, and an open trade is closed", async () => {
    const order = {
      out_trade_no: 'PEER-PAGE',
      total_amount: '1.00',
      subject: 'tea',
      product_code: 'FAST_INSTANT_TRADE_PAY',
    };
    const address = sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent: order });
    const opened = await fetch(address, { redirect: 'manual' });
    expect(opened.status).toBe(302);
    expect(opened.headers.get('location')).toContain('/phone?alipay=');
    simulators.alipay.scan({ redirectUrl: address });
    expect(await exec('alipay.trade.close', { out_trade_no: 'PEER-PAGE' })).toMatchObject({ code: '10000' });
    expect(simulators.alipay.pay({ redirectUrl: address })).toMatchObject({ reason: 'order_closed' });
  });

  test('the peer refuses an answer whose signature is wrong', async () => {
    simulators.faults.set({ provider: 'alipay', operation: 'query', kind: 'wrong_signature' });
    await expect(exec('alipay.trade.query', { out_trade_no: 'PEER-QR' })).rejects.toThrow(/验签|sign/i);
  });

  test('a request that is signed by somebody else is refused', async () => {
    const query = new URLSearchParams({ method: 'alipay.trade.query', biz_content: '{}', sign: 'AAAA' });
    const merchant = simulators.alipay.merchant();
    for (const [name, value] of Object.entries({
      app_id: merchant.appId,
      charset: 'utf-8',
      sign_type: 'RSA2',
      version: '1.0',
      timestamp: '2026-11-20 12:00:00',
    })) {
      query.set(name, value);
    }
    const answer = await fetch(merchant.gatewayUrl, { method: 'POST', body: query.toString() });
    const subCode = keyMode === 'key' ? 'isv.invalid-signature' : 'isv.missing-app-cert-sn';
    expect(await answer.text()).toContain(subCode);
  });
});
