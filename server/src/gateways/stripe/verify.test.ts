import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Stripe } from 'stripe';
import { describe, expect, test } from 'vitest';
import type { IncomingNotification } from '../gateway.ts';
import { verifyMessage } from './verify.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const SECONDS = String(NOW / 1000);
const BODY = '{"id":"evt_1","object":"event"}';
const vectors = JSON.parse(readFileSync(new URL('./hmac-vectors.json', import.meta.url), 'utf8')) as {
  secret: string;
  cases: { payload: string; hmac_sha256_hex: string }[];
};

const hmac = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex');
const signed = (secret: string, timestamp = SECONDS, body = BODY) => hmac(secret, `${timestamp}.${body}`);

function message(header: string | undefined, body = BODY): IncomingNotification {
  return { headers: { 'stripe-signature': header }, body: Buffer.from(body), receivedAt: NOW };
}

test.each(vectors.cases)(
  'the published HMAC of %o is the one that is computed here',
  ({ payload, hmac_sha256_hex }) => {
    expect(hmac(vectors.secret, payload)).toBe(hmac_sha256_hex);
  },
);

test('a header that the official SDK makes is believed, over bytes outside ASCII too', () => {
  const payload = '{"name":"算盘 😀"}';
  const header = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: 'whsec_a',
    timestamp: Number(SECONDS),
  });
  expect(verifyMessage(message(header, payload), ['whsec_a'])).toEqual({ isValid: true });
});

describe('while a secret is being rolled', () => {
  const header = `t=${SECONDS},v1=${signed('whsec_old')},v1=${signed('whsec_new')},v0=${signed('whsec_x')}`;

  test.each([[['whsec_old']], [['whsec_new']], [['whsec_old', 'whsec_new']]])(
    'any signature fits %o',
    (secrets) => {
      expect(verifyMessage(message(header), secrets)).toEqual({ isValid: true });
    },
  );

  test('a signature of another scheme fits nothing', () => {
    expect(verifyMessage(message(header), ['whsec_x'])).toEqual({
      isValid: false,
      reason: 'wrong_signature',
    });
  });
});

test.each([
  ['no header', undefined, 'no_signature'],
  ['an empty one', '', 'no_signature'],
  ['no time', `v1=${signed('whsec_a')}`, 'no_signature'],
  ['a time that is none', `t=now,v1=${signed('whsec_a')}`, 'no_signature'],
  ['no signature', `t=${SECONDS}`, 'no_signature'],
  ['another secret', `t=${SECONDS},v1=${signed('whsec_b')}`, 'wrong_signature'],
  ['another time than the signed one', `t=${Number(SECONDS) + 1},v1=${signed('whsec_a')}`, 'wrong_signature'],
  ['a signature cut short', `t=${SECONDS},v1=${signed('whsec_a').slice(0, 63)}`, 'wrong_signature'],
])('%s is refused', (_case, header, reason) => {
  expect(verifyMessage(message(header), ['whsec_a'])).toEqual({ isValid: false, reason });
});

test.each([
  [-301, false],
  [-300, true],
  [300, true],
  [301, false],
])('a message of %i seconds from now is believed: %s', (offset, isValid) => {
  const timestamp = String(Number(SECONDS) + offset);
  const header = `t=${timestamp},v1=${signed('whsec_a', timestamp)}`;
  expect(verifyMessage(message(header), ['whsec_a']).isValid).toBe(isValid);
});

test('one byte of difference in the body is refused', () => {
  const header = `t=${SECONDS},v1=${signed('whsec_a')}`;
  expect(verifyMessage(message(header, `${BODY} `), ['whsec_a']).isValid).toBe(false);
});
