import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openTestDb } from '../../../test/harness/database.ts';
import { createFakeClock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { createLogger } from '../log/index.ts';
import { createRouter } from './router.ts';
import { createHttpServer } from './server.ts';

const NOON = Date.UTC(2026, 10, 20, 12, 0);

let db: Db;
let app: FastifyInstance;

beforeAll(async () => {
  const clock = createFakeClock(NOON);
  db = await openTestDb({ clock });
  app = await createHttpServer({
    config: {
      mode: 'test',
      http: {
        ...{ host: '127.0.0.1', port: 0, publicUrl: null },
        ...{ trustProxy: [], corsOrigins: [], metricsToken: null, countryHeader: null },
      },
    },
    clock,
    log: createLogger('silent'),
    version: '1.2.3',
  });
  const router = createRouter(app, {
    ...{ db, clock },
    authenticate: async () => null,
    countryHeader: null,
  });
  router.route(
    {
      ...{ method: 'GET', url: '/beads/:colour', tag: 'beads', summary: 'One bead', access: 'public' },
      params: z.object({ colour: z.string() }),
      data: z.object({ colour: z.string(), weight: z.int().nullable() }),
    },
    async ({ params }) => ({ colour: params.colour, weight: null, secret: 'never shown' }),
  );
});

afterAll(async () => {
  await app.close();
  await db.close();
});

test('an answer carries what its schema names and nothing else, the first time and later', async () => {
  for (const colour of ['red', 'blue']) {
    const answer = await app.inject(`/beads/${colour}`);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json()).toEqual({
      code: 200,
      message: 'success',
      data: { colour, weight: null },
      timestamp: new Date(NOON).toISOString(),
    });
  }
});

test('the API page, its assets and the document are made when somebody asks for them', async () => {
  const page = await app.inject('/api');
  expect(page.headers['content-type']).toContain('text/html');
  const script = /src="([^"]*swagger-initializer[^"]*)"/.exec(page.body)?.[1] as string;
  expect((await app.inject(new URL(script, 'http://shop.example.test/api').pathname)).statusCode).toBe(200);
  const document = (await app.inject('/api/openapi.json')).json();
  expect(document.info.version).toBe('1.2.3');
  expect(Object.keys(document.paths)).toEqual(['/beads/{colour}']);
  expect(page.headers['content-security-policy']).toContain("default-src 'self'");
});
