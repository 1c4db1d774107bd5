import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  headers: Record<string, string | undefined>;
  body: string;
}

/** A merchant's notification address that keeps what it gets and answers as told. */
export async function startReceiver(): Promise<{
  url: string;
  deliveries: Delivery[];
  answerWith(status: number, body?: string): void;
  close(): Promise<void>;
}> {
  const deliveries: Delivery[] = [];
  let answer = { status: 204, body: '' };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      deliveries.push({ headers: request.headers as Record<string, string | undefined>, body });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`,
    deliveries,
    answerWith(status, text = '') {
      answer = { status, body: text };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
