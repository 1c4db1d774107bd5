import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock, DAY_MS, type FakeClock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { createWorker } from '../jobs/index.ts';
import { silentLogger } from '../log/index.ts';
import {
  type CallOutcome,
  createOutbound,
  handleProviderCallPrune,
  type Outbound,
  type OutboundRequest,
  providerCallPrune,
} from './index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const START = Date.UTC(2026, 0, 2);

describe('the outbound client', () => {
  let db: Db;
  let clock: FakeClock;
  let outbound: Outbound;
  let server: Server;
  let origin: string;
  let answers: Answer[];
  let received: string[];
  let outcomes: CallOutcome[];

  beforeAll(async () => {
    db = await openTestDb({ clock: { now: () => clock.now() } });
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    clock = createFakeClock(START);
    await db.tx('clean', async (tx) => {
      await tx.query.deleteFrom('provider_calls').execute();
      await tx.query.deleteFrom('jobs').execute();
    });
    outcomes = [];
    outbound = createOutbound({ db, clock, log: silentLogger, onCall: (outcome) => outcomes.push(outcome) });
    answers = [];
    received = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push(`${request.method} ${request.url} ${body}`);
        const answer = answers.shift() ?? ((_request, plain) => plain.end('fine'));
        answer(request, response, body);
      });
    });
    origin = await listen(server);
  });
  afterEach(async () => {
    await outbound.close();
    server.closeAllConnections();
    server.close();
  });

  async function listen(target: Server | TcpServer): Promise<string> {
    await new Promise<void>((resolve) => {
      target.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
  }

  const get = (over: Partial<OutboundRequest> = {}) =>
    outbound.call({ provider: 'bank', operation: 'query', method: 'GET', url: `${origin}/x`, ...over });

  /** An address where nobody listens. */
  async function closedAddress(): Promise<string> {
    const closed = createTcpServer();
    const address = await listen(closed);
    await new Promise((resolve) => {
      closed.close(resolve);
    });
    return `${address}/x`;
  }

  async function storedCalls() {
    await outbound.close();
    const rows = await db.query.selectFrom('provider_calls').selectAll().orderBy('id').execute();
    outbound = createOutbound({ db, clock, log: silentLogger });
    return rows;
  }

  test('an answer is handed over as it is, errors of the provider included', async () => {
    answers.push((_request, response) => {
      response
        .writeHead(404, { 'Content-Type': 'application/json', 'Request-ID': 'r1' })
        .end('{"code":"NO"}');
    });
    const response = await get();
    expect(response).toMatchObject({ status: 404, headers: { 'request-id': 'r1' } });
    expect(response.body.toString()).toBe('{"code":"NO"}');
    expect(outcomes).toMatchObject([{ provider: 'bank', operation: 'query', status: 404 }]);
  });

  test('a call inside a transaction is refused and not sent', async () => {
    await expect(db.tx('order.place', () => get())).rejects.toThrow(
      'bank.query inside the transaction "order.place"',
    );
    expect(received).toEqual([]);
  });

  test('a refused connection and an unknown host are not sent', async () => {
    const refused = { url: await closedAddress() };
    await expect(get(refused)).rejects.toMatchObject({ kind: 'not_sent', reason: 'connection_refused' });
    const fresh = { ...refused, freshConnection: true };
    await expect(get(fresh)).rejects.toMatchObject({ kind: 'not_sent', reason: 'connection_refused' });
    await expect(get({ url: 'http://host.invalid/' })).rejects.toMatchObject({
      kind: 'not_sent',
      reason: 'dns',
    });
  });

  test('plain HTTP where TLS was expected is not sent', async () => {
    const url = origin.replace('http:', 'https:');
    await expect(get({ url, method: 'POST', body: 'money' })).rejects.toMatchObject({ kind: 'not_sent' });
    expect(received).toEqual([]);
  });

  test('a time-out while the answer is awaited is unknown, even when the body is under way', async () => {
    answers.push(() => undefined);
    await expect(get({ timeoutMs: 60 })).rejects.toMatchObject({ kind: 'unknown', reason: 'timeout' });
    answers.push((_request, response) => response.writeHead(200).write('half'));
    await expect(get({ timeoutMs: 60 })).rejects.toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });

  test('a time-out while all connections are busy is not sent, and the request never leaves later', async () => {
    await outbound.close();
    outbound = createOutbound({ db, clock, log: silentLogger, connectionsPerHost: 1 });
    let finish: (() => void) | undefined;
    answers.push((_request, response) => {
      finish = () => response.end('done');
    });
    const first = get({ operation: 'slow' });
    await expect(get({ method: 'POST', body: 'money', timeoutMs: 60 })).rejects.toMatchObject({
      kind: 'not_sent',
      reason: 'timeout',
    });
    finish?.();
    await first;
    await get();
    expect(received).toEqual(['GET /x ', 'GET /x ']);
  });

  test('a connection that breaks after the request is unknown, and a POST is not repeated by anybody', async () => {
    for (let round = 0; round < 3; round += 1) {
      await get();
      answers.push((request) => request.socket.destroy());
      await expect(get({ method: 'POST', body: 'money' })).rejects.toMatchObject({
        kind: 'unknown',
        reason: 'broken',
      });
    }
    expect(received.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  });

  test('an answer over 10 MB is cut off', async () => {
    answers.push((_request, response) => response.end(Buffer.alloc(10 * 1024 * 1024 + 1)));
    await expect(get()).rejects.toMatchObject({ kind: 'unknown', reason: 'too_large' });
    answers.push((_request, response) => response.end(Buffer.alloc(10 * 1024 * 1024)));
    expect((await get()).body).toHaveLength(10 * 1024 * 1024);
  });

  test('only a call that is declared safe is repeated, at most twice', async () => {
    const unavailable: Answer = (_request, response) => response.writeHead(503).end();
    answers.push(unavailable);
    expect((await get()).status).toBe(503);
    expect(received).toHaveLength(1);
    answers.push(unavailable, (request) => request.socket.destroy());
    expect((await get({ isSafeToRepeat: true })).status).toBe(200);
    expect(received).toHaveLength(4);
    answers.push(unavailable, unavailable, unavailable);
    expect((await get({ isSafeToRepeat: true })).status).toBe(503);
    expect(received).toHaveLength(7);
    const rows = await storedCalls();
    expect(rows.map((row) => row.attempt).sort((a, b) => a - b)).toEqual([1, 1, 1, 2, 2, 3, 3]);
  });

  test('a repeat that was not sent does not make an unknown first attempt certain', async () => {
    answers.push((request) => {
      server.close();
      server.closeAllConnections();
      request.socket.destroy();
    });
    await expect(get({ isSafeToRepeat: true, method: 'POST', body: 'x' })).rejects.toMatchObject({
      kind: 'unknown',
    });
    expect(outcomes.map((outcome) => outcome.failure)).toEqual([
      'broken',
      'connection_refused',
      'connection_refused',
    ]);
  });

  test('five failures open the circuit of that host only, and one probe decides whether it closes', async () => {
    const dead = await closedAddress();
    for (let count = 0; count < 5; count += 1) {
      await expect(get({ url: dead })).rejects.toMatchObject({ reason: 'connection_refused' });
    }
    await expect(get({ url: dead })).rejects.toMatchObject({ kind: 'not_sent', reason: 'circuit_open' });
    expect((await get()).status).toBe(200);
    clock.advance(10_000);
    const probes = await Promise.allSettled([get({ url: dead }), get({ url: dead })]);
    expect(
      probes
        .map((probe) => (probe as PromiseRejectedResult).reason.reason as string)
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['circuit_open', 'connection_refused']);
    await expect(get({ url: dead })).rejects.toMatchObject({ reason: 'circuit_open' });
  });

  test('an answer of any status closes the circuit again', async () => {
    for (let count = 0; count < 5; count += 1) {
      answers.push((request) => request.socket.destroy());
      await expect(get()).rejects.toMatchObject({ reason: 'broken' });
    }
    await expect(get()).rejects.toMatchObject({ reason: 'circuit_open' });
    clock.advance(10_000);
    answers.push((_request, response) => response.writeHead(500).end());
    expect((await get()).status).toBe(500);
    expect((await get()).status).toBe(200);
  });

  test('each attempt is a row without secrets and personal data', async () => {
    answers.push((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Request-ID': 'req-9' });
      response.end('{"openid":"o1","session_key":"s1","errcode":0}');
    });
    await get({
      method: 'POST',
      subject: 'pay_1',
      url: `${origin}/sns?appid=wx1&secret=topsecret&js_code=c1`,
      headers: { 'Content-Type': 'application/json', Authorization: 'WECHATPAY2 abc' },
      body: JSON.stringify({
        payer: { openid: 'o1' },
        amount: { total: 5 },
        note: 'mine',
        nested: '{"phone":"139"}',
      }),
      redact: ['note'],
    });
    const [row] = await storedCalls();
    expect(row).toMatchObject({
      provider: 'bank',
      operation: 'query',
      subject: 'pay_1',
      attempt: 1,
      status: 200,
      answer: '{"openid":"[redacted]","session_key":"[redacted]","errcode":0}',
      error: null,
      provider_request_id: 'req-9',
      at: START,
    });
    expect(row?.request).toContain('"amount":{"total":5}');
    expect(`${row?.request}${row?.url}${row?.answer}`).not.toMatch(
      /"o1"|abc|topsecret|=c1|mine|"139"|\\"139/,
    );
  });

  test('a call without an answer is a row, too', async () => {
    await expect(get({ url: await closedAddress() })).rejects.toThrow();
    expect(await storedCalls()).toMatchObject([
      { status: null, answer: null, error: 'not_sent: connection_refused' },
    ]);
  });

  test('calls are forgotten after 90 days', async () => {
    await get();
    await storedCalls();
    clock.advance(89 * DAY_MS);
    await get({ operation: 'later' });
    await storedCalls();
    const options = {
      db,
      clock,
      log: silentLogger,
      handlers: [handleProviderCallPrune(db)],
      crons: [providerCallPrune],
    };
    const worker = createWorker(options);
    await worker.start();
    await worker.stop();
    clock.advance(2 * DAY_MS);
    await createWorker(options).drain();
    expect(await storedCalls()).toMatchObject([{ operation: 'later' }]);
  });
});
