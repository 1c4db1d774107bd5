/**
 * The API as a page and as an OpenAPI document, made when somebody first asks for them. Hardly anybody does, and what they
 * are made with is a tenth of the program's memory: a second server, which never listens, has the routes' descriptions and
 * answers what is asked below `/api`.
 */
import type { FastifyInstance } from 'fastify';
import { failureSchema } from './document.ts';
import { type JsonSchema, toDocument } from './json-schema.ts';
import { addSecurityHeaders, type SecurityHeadersOptions } from './security-headers.ts';

export interface ApiPagesDeps {
  readonly version: string;
  readonly security: SecurityHeadersOptions;
}

interface DescribedRoute {
  readonly method: string | string[];
  readonly url: string;
  readonly document: () => JsonSchema;
}

const HIDDEN = { config: { document: () => ({ hide: true }) } };

/** Registers `/api`, its assets and `/api/openapi.json`. Call it before any route that is to stand in them. */
export function registerApiPages(app: FastifyInstance, deps: ApiPagesDeps): void {
  const routes: DescribedRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    const document = config?.document;
    if (document !== undefined && document !== HIDDEN.config.document && method !== 'HEAD') {
      routes.push({ method, url, document });
    }
  });
  let pages: Promise<FastifyInstance> | undefined;
  const open = () => {
    pages ??= createPages(routes, deps);
    return pages;
  };
  app.get('/api/openapi.json', HIDDEN, async () => (await open()).swagger());
  for (const url of ['/api', '/api/*']) {
    app.get(url, HIDDEN, async (request, reply) => {
      const { routing } = await open();
      reply.hijack();
      routing(request.raw, reply.raw);
    });
  }
  app.addHook('onClose', async () => {
    await (await pages)?.close();
  });
}

async function createPages(
  routes: readonly DescribedRoute[],
  { version, security }: ApiPagesDeps,
): Promise<FastifyInstance> {
  const [{ default: fastify }, { default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const pages = fastify({
    logger: false,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true },
  });
  pages.setValidatorCompiler(() => () => true);
  pages.setSerializerCompiler(() => (data) => JSON.stringify(data));
  addSecurityHeaders(pages, security);
  pages.addSchema({ $id: 'Failure', ...toDocument(failureSchema, 'output') });
  await pages.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Suanpan', version, description: 'Orders and payments you can count on.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `schema-${index}`,
    },
  });
  for (const { method, url, document } of routes) {
    pages.route({ method, url, schema: document(), handler: async () => undefined });
  }
  await pages.register(swaggerUi, {
    routePrefix: '/api',
    uiConfig: { docExpansion: 'none', deepLinking: true },
    staticCSP: true,
  });
  await pages.ready();
  return pages;
}
