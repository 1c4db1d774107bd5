import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openTestDb } from '../../../test/harness/database.ts';
import { onBoundary } from '../boundaries.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../log/index.ts';
import { createOutbound } from './index.ts';

afterEach(() => onBoundary(undefined));

test('the boundaries before and after a call are named after it, and the call stands between them', async () => {
  const db = await openTestDb({ clock: systemClock });
  const outbound = createOutbound({ db, clock: systemClock, log: silentLogger });
  const reached: string[] = [];
  const server = createServer((_request, response) => {
    reached.push('called');
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  onBoundary((kind, name) => reached.push(`${kind} ${name}`));
  await outbound.call({ provider: 'bank', operation: 'query', method: 'GET', url });
  onBoundary(undefined);
  expect(reached).toEqual(['call.before bank.query', 'called', 'call.after bank.query']);
  await outbound.close();
  server.close();
  await db.close();
});
