import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A port of loopback that was free a moment ago: notification addresses need it before a server listens. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
