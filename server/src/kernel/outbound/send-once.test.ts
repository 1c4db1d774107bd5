import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLIENT_OPTIONS, sendOnce } from './send-once.ts';
import type { OutboundRequest, OutboundResponse } from './types.ts';
import { Agent } from './undici.ts';

const LATE = { kind: 'not_sent', reason: 'timeout' };

let server: Server;
let received: number;
let finish: (() => void) | undefined;
let pool: InstanceType<typeof Agent>;

beforeEach(async () => {
  received = 0;
  finish = undefined;
  pool = new Agent({ ...CLIENT_OPTIONS, connections: 1 });
  server = createServer((_request, response) => {
    received += 1;
    if (received === 1) {
      finish = () => response.end('done');
    } else {
      response.end('fine');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await pool.destroy();
  server.closeAllConnections();
  server.close();
});

function send(change: Partial<OutboundRequest> = {}): Promise<OutboundResponse> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const request = {
    provider: 'bank',
    operation: 'pay',
    method: 'POST',
    url,
    body: 'money',
    ...change,
  } as const;
  return sendOnce(pool, request, 60_000);
}

test('a request that can not begin in its time is not sent, and does not wait for the rest of its time-out', async () => {
  const first = send();
  await expect(send({ startWithinMs: 20 })).rejects.toMatchObject(LATE);
  await expect.poll(() => finish).toBeDefined();
  finish?.();
  await first;
  expect(await send()).toMatchObject({ status: 200 });
  expect(received).toBe(2);
});

test('a request whose time to begin has passed is not sent over a fresh connection either', async () => {
  await expect(send({ startWithinMs: 0, freshConnection: true })).rejects.toMatchObject(LATE);
  expect(received).toBe(0);
});

test('a request that has begun in its time is waited for as long as any other', async () => {
  const first = send({ startWithinMs: 1_000, freshConnection: true });
  await expect.poll(() => finish).toBeDefined();
  finish?.();
  expect(await first).toMatchObject({ status: 200 });
});
