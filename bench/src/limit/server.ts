/** The limit program: a bare HTTP server that does nothing but the recorded SQL, durably, and says so. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Plan } from './plan.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

/** What the limit program is told when it starts. */
export interface LimitOrder {
  readonly engine: 'sqlite' | 'postgres';
  /** A file for SQLite, an address for PostgreSQL. */
  readonly database: string;
  /** Taken in turn. */
  readonly plans: readonly Plan[];
}

const ANSWER = Buffer.from('{"code":201,"message":"success","data":{}}');

async function serve({ engine, database, plans }: LimitOrder): Promise<void> {
  const run = engine === 'sqlite' ? openSqlite(database, plans) : openPostgres(database, plans);
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      // The load program warms up.
      response.end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString('utf8'));
      run().then(
        () =>
          response
            .writeHead(201, { 'content-type': 'application/json', 'content-length': ANSWER.length })
            .end(ANSWER),
        (error: unknown) => {
          console.error(error);
          response.writeHead(500).end();
        },
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

process.once('message', (order: LimitOrder) => void serve(order));
process.once('disconnect', () => process.exit(0));
