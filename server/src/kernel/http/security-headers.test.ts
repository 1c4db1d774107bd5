import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { addSecurityHeaders } from './security-headers.ts';

let app: FastifyInstance;

afterEach(() => app.close());

function open(isHttpsOnly: boolean) {
  app = fastify();
  addSecurityHeaders(app, { isHttpsOnly });
  app.get('/plain', async () => 'beads');
  app.get('/own', async (_request, reply) => reply.header('X-Frame-Options', 'DENY').send('beads'));
  return async (path: string) => (await app.inject(path)).headers;
}

test('every answer has helmet’s headers, one that nobody has a route for as well', async () => {
  const headersOf = open(false);
  for (const path of ['/plain', '/nowhere']) {
    expect(await headersOf(path)).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src 'self';.*img-src 'self' data: https:/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  }
  const headers = await headersOf('/plain');
  expect(headers['strict-transport-security']).toBeUndefined();
  expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
});

test('browsers come back by HTTPS only where that is said', async () => {
  expect((await open(true)('/plain'))['strict-transport-security']).toMatch(/^max-age=\d+/);
});

test('what a route sets itself wins, and stays its own', async () => {
  const headersOf = open(false);
  expect((await headersOf('/own'))['x-frame-options']).toBe('DENY');
  expect((await headersOf('/plain'))['x-frame-options']).toBe('SAMEORIGIN');
});
