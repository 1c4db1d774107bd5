/** A notification address in front of a gateway alone: it parses what comes in and answers as the gateway says. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Gateway, NotificationReply, NotificationResult } from '../../src/gateways/gateway.ts';
import type { Clock } from '../../src/kernel/clock.ts';

export interface NotificationListener {
  readonly url: string;
  /** What came in, parsed. */
  readonly received: NotificationResult[];
  close(): Promise<void>;
}

export async function listenForNotifications(clock: Clock, gateway: Gateway): Promise<NotificationListener> {
  const received: NotificationResult[] = [];

  async function receive(request: IncomingMessage): Promise<NotificationReply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const notification = { headers: request.headers, body: Buffer.concat(chunks), receivedAt: clock.now() };
    const result = await gateway.parseNotification(notification);
    received.push(result);
    return gateway.replyTo(result.outcome !== 'rejected' && result.outcome !== 'unverified');
  }

  const server = createServer((request, response) => {
    void receive(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notifications`,
    received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
