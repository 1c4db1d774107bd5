import { describe, expect, test } from 'vitest';
import { resultOfIntent } from './intent.ts';
import { resultOfSession } from './session.ts';
import { DISPUTE_STATUSES, INTENT_STATUSES, REFUND_STATUSES, SESSION_STATUSES, wordFor } from './states.ts';

const context = { merchantAccount: 'acct_1', toldAt: 1_700_000_000 };

function intentOf(status: string, more: object = {}) {
  return {
    object: 'payment_intent' as const,
    id: 'pi_1',
    status,
    currency: 'jpy',
    amount_received: status === 'succeeded' ? 500 : 0,
    amount_capturable: status === 'requires_capture' ? 500 : 0,
    latest_charge: 'ch_1',
    metadata: { payment_id: 'pay_1' },
    ...more,
  };
}

describe('an intent', () => {
  test.each(Object.entries(INTENT_STATUSES))('that is %s reads %s', (status, word) => {
    expect(resultOfIntent(intentOf(status), context).outcome).toBe(word);
  });

  test('whose last try failed can still take money, and says why it failed', () => {
    const failed = intentOf('requires_payment_method', {
      last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' },
    });
    expect(resultOfIntent(failed, context)).toEqual({
      outcome: 'pending',
      reference: 'pi_1',
      reason: { code: 'insufficient_funds', message: 'The last try to pay failed.' },
    });
  });

  test('in a status that is not known leaves the outcome unknown', () => {
    expect(resultOfIntent(intentOf('sleeping'), context)).toMatchObject({ outcome: 'unknown' });
  });

  test('that is paid without a charge leaves the outcome unknown', () => {
    expect(resultOfIntent(intentOf('succeeded', { latest_charge: null }), context)).toMatchObject({
      outcome: 'unknown',
    });
  });

  test('in a currency without decimals counts whole yen', () => {
    expect(resultOfIntent(intentOf('succeeded'), context)).toMatchObject({
      facts: { amount: { amount: 500, currency: 'JPY' }, transactionId: 'ch_1' },
    });
  });
});

describe('a page', () => {
  const statuses = Object.keys(INTENT_STATUSES);
  const sessionOf = (status: string, intent: string | null) => ({
    object: 'checkout.session' as const,
    id: 'cs_1',
    status,
    payment_intent: intent === null ? null : intentOf(intent),
  });

  test.each(Object.entries(SESSION_STATUSES))('that is %s, without an intent, reads %s', (status, word) => {
    expect(resultOfSession(sessionOf(status, null), context).outcome).toBe(word);
  });

  test.each(
    Object.keys(SESSION_STATUSES).flatMap((page) => statuses.map((intent) => [page, intent] as const)),
  )('that is %s over an intent that is %s never hides money', (page, intent) => {
    const { outcome } = resultOfSession(sessionOf(page, intent), context);
    const beneath = resultOfIntent(intentOf(intent), context).outcome;
    const isMoney = ['succeeded', 'authorized', 'processing'].includes(beneath);
    expect(outcome).toBe(isMoney ? beneath : outcome);
    if (page === 'open' && !isMoney) {
      expect(outcome).toBe('pending');
    }
    if (page === 'expired' && !isMoney) {
      expect(outcome).toBe('closed');
    }
  });

  test('goes by its own name whatever is under it', () => {
    expect(resultOfSession(sessionOf('complete', 'succeeded'), context)).toMatchObject({ reference: 'cs_1' });
  });
});

test('a status that a table does not hold has no word, however it is called', () => {
  for (const table of [INTENT_STATUSES, SESSION_STATUSES, REFUND_STATUSES, DISPUTE_STATUSES]) {
    expect(wordFor(table, 'constructor')).toBeUndefined();
    expect(wordFor(table, '')).toBeUndefined();
  }
});
