import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where `npm install` builds the pages. */
export const WEB_ROOT = fileURLToPath(new URL('../../web/dist/', import.meta.url));

const DAY_SECONDS = 86_400;

/** Each page set is one HTML file; what follows its prefix is for its own router. */
const PAGE_SETS = [
  { prefix: '/console', file: 'console/index.html' },
  { prefix: '/cashier', file: 'cashier/index.html' },
  { prefix: '/shop', file: 'shop/index.html' },
] as const;

/**
 * Serves the shop, the cashier and the console. Hashed assets may be cached for good, the pages themselves never.
 * Without a build the rest of the program works and `/` says how to make one.
 */
export async function registerWebPages(app: FastifyInstance, root: string = WEB_ROOT): Promise<void> {
  const hidden = { config: { document: () => ({ hide: true }) } };
  if (!existsSync(root)) {
    app.get('/', hidden, async (_request, reply) =>
      reply.type('text/plain').send('The pages are not built: run `npm run build --workspace web`.\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root,
    serve: false,
    cacheControl: false,
    setHeaders(response, path) {
      const isHashed = path.includes('/assets/');
      response.header(
        'Cache-Control',
        isHashed ? `public, max-age=${365 * DAY_SECONDS}, immutable` : 'no-cache',
      );
    },
  });
  app.get('/', hidden, async (_request, reply) => reply.redirect('/shop/'));
  app.get('/assets/*', hidden, async (request, reply) =>
    reply.sendFile(`assets/${(request.params as { '*': string })['*']}`),
  );
  for (const { prefix, file } of PAGE_SETS) {
    app.get(prefix, hidden, async (_request, reply) => reply.sendFile(file));
    app.get(`${prefix}/*`, hidden, async (_request, reply) => reply.sendFile(file));
  }
}
