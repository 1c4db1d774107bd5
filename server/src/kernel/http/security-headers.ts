import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

export interface SecurityHeadersOptions {
  /** Whether browsers are told to come back by HTTPS only. */
  readonly isHttpsOnly: boolean;
}

const CONTENT_SECURITY_POLICY = {
  directives: {
    imgSrc: ["'self'", 'data:', 'https:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    upgradeInsecureRequests: null,
  },
};

/**
 * What helmet sets on an answer. None of it depends on the request, so it is asked once: as a plugin it composes a dozen
 * functions and the policy's text anew for every request, which was a sixth of the garbage that outlived it.
 */
function record({ isHttpsOnly }: SecurityHeadersOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader(name: string, value: string) {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  const apply = helmet({
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    strictTransportSecurity: isHttpsOnly,
  });
  // What it can not do it throws.
  apply({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined);
  return headers;
}

/** Gives every answer of the server helmet's headers; what a route sets itself wins. */
export function addSecurityHeaders(app: FastifyInstance, options: SecurityHeadersOptions): void {
  const headers = record(options);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}
