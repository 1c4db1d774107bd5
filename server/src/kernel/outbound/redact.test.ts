import { expect, test } from 'vitest';
import { redactBody, redactHeaders, redactUrl } from './redact.ts';

test('secrets and personal data are masked however deep they stand, the rest is kept', () => {
  const body = JSON.stringify({
    payer: { openid: 'oABC', list: [{ phoneNumber: '13900000000' }] },
    amount: { total: 100 },
    code: 'PARAM_ERROR',
    biz_content: '{"buyer_name":"somebody","out_trade_no":"n1"}',
    session_key: null,
  });
  expect(JSON.parse(redactBody(body, 'application/json'))).toEqual({
    payer: { openid: '[redacted]', list: [{ phoneNumber: '[redacted]' }] },
    amount: { total: 100 },
    code: 'PARAM_ERROR',
    biz_content: '{"buyer_name":"[redacted]","out_trade_no":"n1"}',
    session_key: null,
  });
});

test('what else the caller names is masked, too', () => {
  expect(redactBody('{"code":"c1","a":1}', undefined, ['code'])).toBe('{"code":"[redacted]","a":1}');
});

test('forms, XML and addresses are masked by their names', () => {
  const form = redactBody(
    'app_id=1&auth_token=t&biz_content=%7B%22mobile%22%3A%22139%22%7D',
    'application/x-www-form-urlencoded',
  );
  expect(form).not.toMatch(/=t&|139/);
  expect(form).toContain('app_id=1');
  const xml = '<xml><openid><![CDATA[o1]]></openid><total_fee>5</total_fee></xml>';
  expect(redactBody(xml, 'text/xml')).toBe('<xml><openid>[redacted]</openid><total_fee>5</total_fee></xml>');
  expect(redactUrl('https://me:pw@a.example/x?appid=1&secret=s&code=c')).not.toMatch(/pw|=s&|=c$/);
});

test('of headers only those that can authorise somebody are masked', () => {
  expect(redactHeaders({ Authorization: 'x', 'X-Api-Key': 'y', 'Content-Type': 'text/plain' })).toEqual({
    Authorization: '[redacted]',
    'X-Api-Key': '[redacted]',
    'Content-Type': 'text/plain',
  });
});

test('what can not be read is named by its size, and nothing is longer than 8 kB', () => {
  expect(redactBody(Buffer.alloc(9, 1), 'application/gzip')).toBe('[9 bytes of application/gzip]');
  expect(redactBody('x'.repeat(70_000), 'application/json')).toBe('[70000 bytes of application/json]');
  expect(redactBody(JSON.stringify({ a: 'x'.repeat(60_000) }), 'application/json')).toHaveLength(8_192);
  expect(redactBody('trade_no,openid\nn1,o1', 'text/csv')).toBe('[21 bytes of text/csv]');
  expect(redactBody('{"a":"\u0000b"}\0', 'text/plain')).not.toContain('\0');
});
