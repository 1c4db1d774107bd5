import Fastify, { type FastifyInstance } from 'fastify';
import { ZodError } from 'zod';
import { ControlError } from '../control-error.ts';
import type { ControlRoute } from './route.ts';

/** The HTTP face of the control API. It never asks who calls: it listens on loopback only. */
export function createControlServer(
  routes: readonly ControlRoute[],
  describe: () => object,
): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  // No other content type is parsed, so a web page elsewhere cannot post here without asking first.
  app.removeContentTypeParser('text/plain');

  app.get('/control', () => ({
    ...describe(),
    verbs: routes.map(({ method, path, summary }) => ({ method, path: `/control${path}`, summary })),
  }));
  for (const verb of routes) {
    app.route({
      method: verb.method,
      url: `/control${verb.path}`,
      handler: async (request, reply) => {
        const raw = verb.method === 'GET' || verb.method === 'DELETE' ? request.query : (request.body ?? {});
        const result = await verb.run(verb.input.parse(raw), request.params as Record<string, string>);
        return reply.send(result);
      },
    });
  }
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'not_found', message: 'GET /control lists every verb.' }),
  );
  app.setErrorHandler((error, _request, reply) => {
    const { status, ...body } = wordError(error);
    if (status >= 500) {
      console.error('simulators: control failed:', error);
    }
    return reply.code(status).send(body);
  });
  return app;
}

function wordError(error: unknown): { status: number; error: string; message: string; errors?: unknown } {
  if (error instanceof ControlError) {
    return { status: error.status, error: error.code, message: error.message };
  }
  if (error instanceof ZodError) {
    const errors = error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
    return { status: 422, error: 'invalid_input', message: 'The input does not fit; see errors.', errors };
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  const message = error instanceof Error ? error.message : String(error);
  return { status, error: status >= 500 ? 'internal_error' : 'bad_request', message };
}
