import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../../../test/harness/certificate.ts';
import {
  answer,
  certificateDownload,
  certificateMode,
  encrypt,
  makeGateway,
  NOW,
  notificationOf,
  paidTrade,
  payment,
  platformCertificate,
  publicKeyMode,
  refusal,
} from '../../../test/harness/wechat-pay.ts';

const DAY_MS = 86_400_000;
const stranger = makeCertificate({ serialNo: '4400', validFrom: NOW - DAY_MS, validUntil: NOW + DAY_MS });
const strangerMode = { serial: stranger.serialNo, key: stranger.privateKey };

describe('the keys of WeChat Pay', () => {
  test('an answer under a platform certificate that is not known yet is verified after one download', async () => {
    const { gateway, calls, answers } = makeGateway({ publicKey: null });
    answers(answer(paidTrade, { by: certificateMode }), certificateDownload([platformCertificate]));
    expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    answers(answer(paidTrade, { by: certificateMode }));
    expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
    expect(calls.map(({ operation }) => operation)).toEqual(['query', 'certificates', 'query']);
    expect(calls[0]?.headers?.['wechatpay-serial']).toBeUndefined();
  });

  test('both modes are live at once: public key and certificate verify side by side', async () => {
    const { gateway, calls, answers } = makeGateway({ platformCertificatePems: [platformCertificate.pem] });
    for (const mode of [publicKeyMode, certificateMode]) {
      answers(answer(paidTrade, { by: mode }));
      expect(await gateway.queryPayment(payment)).toMatchObject({ outcome: 'succeeded' });
      const notification = notificationOf('TRANSACTION.SUCCESS', paidTrade, mode);
      expect(await gateway.parseNotification(notification)).toMatchObject({ outcome: 'verified' });
    }
    expect(calls.map(({ operation }) => operation)).toEqual(['query', 'query']);
    expect(calls[0]?.headers?.['wechatpay-serial']).toBe(publicKeyMode.serial);
  });

  test('a public key id that is not ours is refused without a download', async () => {
    const { gateway, calls } = makeGateway();
    const foreign = { serial: 'PUB_KEY_ID_0000', key: publicKeyMode.key };
    const notification = notificationOf('TRANSACTION.SUCCESS', paidTrade, foreign);
    expect(await gateway.parseNotification(notification)).toMatchObject({
      status: 401,
      reason: 'unknown_serial',
    });
    expect(calls).toEqual([]);
  });

  test('messages under unknown serial numbers cause at most one download a minute', async () => {
    const { gateway, clock, calls, answers } = makeGateway();
    answers(certificateDownload([platformCertificate]), certificateDownload([platformCertificate, stranger]));
    const send = () =>
      gateway.parseNotification(notificationOf('TRANSACTION.SUCCESS', paidTrade, strangerMode));
    await Promise.all([send(), send(), send()]);
    expect(await send()).toMatchObject({ reason: 'unknown_serial' });
    expect(calls).toHaveLength(1);
    clock.advance(60_000);
    expect(await send()).toMatchObject({ outcome: 'verified' });
    expect(calls).toHaveLength(2);
  });

  test('certificates that were not encrypted under our APIv3 key are not believed', async () => {
    const { gateway, answers } = makeGateway({ publicKey: null });
    const forged = encrypt(stranger.pem, 'certificate', 'f'.repeat(32));
    answers(
      answer(paidTrade, { by: strangerMode }),
      answer({ data: [{ serial_no: stranger.serialNo, encrypt_certificate: forged }] }, { by: strangerMode }),
    );
    expect(await gateway.queryPayment(payment)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'unknown_serial' },
    });
  });

  test('a download that is signed by none of its certificates is not believed', async () => {
    const { gateway, answers } = makeGateway({ publicKey: null });
    answers(
      answer(paidTrade, { by: certificateMode }),
      certificateDownload([platformCertificate], strangerMode),
    );
    expect(await gateway.queryPayment(payment)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'unknown_serial' },
    });
  });

  test('a certificate that is announced under a serial number not its own is not believed', async () => {
    const { gateway, answers } = makeGateway({ publicKey: null });
    answers(
      answer(paidTrade, { by: { ...certificateMode, serial: 'ABCD' } }),
      certificateDownload([{ ...platformCertificate, serialNo: 'ABCD' }]),
    );
    expect(await gateway.queryPayment(payment)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'unknown_serial' },
    });
  });

  test('an expired certificate verifies nothing', async () => {
    const expired = makeCertificate({
      serialNo: '4411',
      validFrom: NOW - 2 * DAY_MS,
      validUntil: NOW - DAY_MS,
    });
    const { gateway, answers } = makeGateway({ publicKey: null });
    const mode = { serial: expired.serialNo, key: expired.privateKey };
    answers(answer(paidTrade, { by: mode }), certificateDownload([platformCertificate, expired]));
    expect(await gateway.queryPayment(payment)).toMatchObject({
      outcome: 'unknown',
      reason: { code: 'unknown_serial' },
    });
  });

  test('a merchant without platform certificates goes on with its public key', async () => {
    const { gateway, answers } = makeGateway();
    answers(refusal(404, 'RESOURCE_NOT_EXISTS'));
    const notification = notificationOf('TRANSACTION.SUCCESS', paidTrade, certificateMode);
    expect(await gateway.parseNotification(notification)).toMatchObject({ reason: 'unknown_serial' });
    expect(await gateway.parseNotification(notificationOf('TRANSACTION.SUCCESS', paidTrade))).toMatchObject({
      outcome: 'verified',
    });
  });

  test('a failed download leaves the certificates that are known in use', async () => {
    const { gateway, clock, answers } = makeGateway({ publicKey: null });
    answers(answer(paidTrade, { by: certificateMode }), certificateDownload([platformCertificate]));
    await gateway.queryPayment(payment);
    clock.advance(60_000);
    answers(refusal(500, 'SYSTEM_ERROR'));
    await gateway.parseNotification(notificationOf('TRANSACTION.SUCCESS', paidTrade, strangerMode));
    const notification = notificationOf('TRANSACTION.SUCCESS', paidTrade, certificateMode);
    expect(await gateway.parseNotification(notification)).toMatchObject({ outcome: 'verified' });
  });

  test('the periodic refresh asks at once when it starts, and its end is final', async () => {
    const { gateway, calls, answers } = makeGateway();
    answers(certificateDownload([platformCertificate]));
    const stop = gateway.start?.();
    await expect.poll(() => calls.length).toBe(1);
    stop?.();
    const notification = notificationOf('TRANSACTION.SUCCESS', paidTrade, certificateMode);
    expect(await gateway.parseNotification(notification)).toMatchObject({ outcome: 'verified' });
    expect(calls).toHaveLength(1);
  });
});
