import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { createBankTransferGateway, findRemittanceCodes } from './bank-transfer/index.ts';
import { createCashOnDeliveryGateway } from './cash-on-delivery/index.ts';
import type { KnownPayment, PaymentMethod } from './gateway.ts';

const bank = createBankTransferGateway({
  windowDays: 3,
  accounts: [
    { id: 'main', name: 'Suanpan Ltd', bank: 'Bank of Tests', number: '6222 0000', currency: 'CNY' },
    { id: 'old', name: 'Suanpan Ltd', bank: 'Bank of Old', number: '6111 0000', currency: 'CNY' },
    {
      ...{ id: 'euro', name: 'Suanpan GmbH', bank: 'Testbank', currency: 'EUR' },
      ...{ iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
    },
  ],
});
const cash = createCashOnDeliveryGateway({ currency: 'CNY', maxAmount: 500_000 });

const paymentOf = (method: PaymentMethod, currency = 'CNY'): KnownPayment => ({
  id: newId('pay'),
  method,
  amount: { amount: 12_345, currency },
  description: 'tea',
  createdAt: 0,
  expiresAt: DAY_MS,
  notifyUrl: '',
  returnUrl: '',
  captureMode: 'automatic',
  ...{ appId: null, openid: null, clientIp: null, reference: null, transactionId: null },
});

describe('a rail without a provider', () => {
  test('a transfer is told the first account of its currency, and a code that stands for the attempt alone', async () => {
    const payment = paymentOf('bank_transfer');
    const opened = await bank.createPayment(payment);
    expect(opened).toMatchObject({
      outcome: 'pending',
      parameters: {
        accountName: 'Suanpan Ltd',
        bankName: 'Bank of Tests',
        accountNumber: '6222 0000',
        amount: '123.45',
      },
    });
    if (opened.outcome !== 'pending') {
      throw new Error(JSON.stringify(opened));
    }
    expect(findRemittanceCodes(opened.parameters.remittanceCode ?? '')).toEqual([opened.reference]);
    expect(await bank.createPayment(payment)).toEqual(opened);
    expect(await bank.createPayment(paymentOf('bank_transfer', 'EUR'))).toMatchObject({
      parameters: { iban: 'DE89370400440532013000', bic: 'COBADEFFXXX', bankName: 'Testbank' },
    });
  });

  test('nothing is asked of anybody: it stays pending until people say otherwise, and refunds are paid by hand', async () => {
    for (const [gateway, method] of [
      [bank, 'bank_transfer'],
      [cash, 'cash_on_delivery'],
    ] as const) {
      const payment = paymentOf(method);
      expect(gateway.validate(payment)).toBeUndefined();
      expect(gateway.validate(paymentOf(method, 'USD'))).toMatchObject({ en: expect.any(String) });
      expect(await gateway.queryPayment(payment)).toEqual({ outcome: 'pending' });
      expect(await gateway.closePayment(payment)).toEqual({ outcome: 'closed' });
      const refund = {
        ...{ id: newId('ref'), payment, captureTransactionId: 'x', reason: null, notifyUrl: '' },
        ...{ amount: payment.amount, total: payment.amount },
      };
      expect(await gateway.refund(refund)).toEqual({ outcome: 'by_hand' });
      const forged = { headers: {}, body: Buffer.from('{"paid":true}'), receivedAt: 0 };
      expect(await gateway.parseNotification(forged)).toMatchObject({ outcome: 'rejected' });
    }
  });

  test('transfers may pay anything after the second person, cash only goods and not without a limit', () => {
    expect(bank.capabilities.methods).toMatchObject([
      {
        kinds: ['goods', 'coins', 'topup'],
        settlement: 'by_hand',
        windowMs: 3 * DAY_MS,
        currencies: ['CNY', 'EUR'],
      },
    ]);
    expect(cash.capabilities.methods).toMatchObject([
      { kinds: ['goods'], settlement: 'on_delivery', amounts: { CNY: { max: 500_000 } } },
    ]);
  });
});
