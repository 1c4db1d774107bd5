import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** `cut-before`: the bytes never arrive. `cut-after`: they arrive, but the answer is lost. */
export type CutMode = 'none' | 'cut-before' | 'cut-after';

export interface TcpProxy {
  readonly port: number;
  /** What happens to the first bytes from a client that contain `needle`. */
  cut(mode: CutMode, needle: string): void;
  close(): Promise<void>;
}

/** Stands between a client and a server on loopback and breaks the connection in the moment that a test asks for. */
export async function createTcpProxy(targetPort: number): Promise<TcpProxy> {
  let plan: { mode: CutMode; needle: string } = { mode: 'none', needle: '' };
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    let isAnswerLost = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (chunk) => {
      const isHit = plan.mode !== 'none' && chunk.includes(plan.needle);
      if (isHit && plan.mode === 'cut-before') {
        end();
        return;
      }
      isAnswerLost ||= isHit;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (isAnswerLost) {
        end();
      } else {
        client.write(chunk);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut(mode, needle) {
      plan = { mode, needle };
    },
    async close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
