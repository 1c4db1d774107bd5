import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const FILES: Record<string, { name: string; type: string }> = {
  '/phone': { name: 'phone.html', type: 'text/html; charset=utf-8' },
  '/phone/phone.js': { name: 'phone.js', type: 'text/javascript; charset=utf-8' },
  '/phone/words.js': { name: 'words.js', type: 'text/javascript; charset=utf-8' },
  '/phone/phone.css': { name: 'phone.css', type: 'text/css; charset=utf-8' },
};

/** Serves the page that plays the buyer's phone, beside the control API that it calls. */
export function addPhonePage(app: FastifyInstance): void {
  for (const [url, file] of Object.entries(FILES)) {
    const content = readFileSync(new URL(`./page/${file.name}`, import.meta.url));
    app.get(url, (_request, reply) =>
      reply
        .header('content-type', file.type)
        .header('cache-control', 'no-cache')
        .header('content-security-policy', "default-src 'self'; img-src 'self' data:")
        .send(content),
    );
  }
}
