import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const FILES: Record<string, { name: string; type: string }> = {
  '/bank': { name: 'bank.html', type: 'text/html; charset=utf-8' },
  '/bank/bank.js': { name: 'bank.js', type: 'text/javascript; charset=utf-8' },
  '/bank/bank.css': { name: 'bank.css', type: 'text/css; charset=utf-8' },
};

/** Serves the page of the simulated bank, beside the control API that it calls. */
export function addBankPage(app: FastifyInstance): void {
  for (const [url, file] of Object.entries(FILES)) {
    const content = readFileSync(new URL(`./page/${file.name}`, import.meta.url));
    app.get(url, (_request, reply) =>
      reply
        .header('content-type', file.type)
        .header('cache-control', 'no-cache')
        .header('content-security-policy', "default-src 'self'")
        .send(content),
    );
  }
}
