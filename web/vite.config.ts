import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Three page sets that share their chunks: the shop, the cashier and the console, each one HTML file. */
const PAGE_SETS = ['shop', 'cashier', 'console'];

/** The server that answers the pages while they are developed with `npm run dev --workspace web`. */
const SERVER = process.env.SUANPAN_URL ?? 'http://127.0.0.1:3000';
const API_PATHS =
  '^/(?:users|wechat|products|categories|brands|orders|payments|coin|wallet|topup|notifications|shop/settings|admin)(?:[/?]|$)';

/** What stands in the head of every page set. */
const SHARED_HEAD = `<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="theme-color" content="#0f766e" />
    <link rel="icon" type="image/svg+xml" href="../src/icon.svg" />`;

const sharedHead: Plugin = {
  name: 'shared-head',
  // Before the build looks for what the page refers to, so that the icon is found.
  transformIndexHtml: { order: 'pre', handler: (html) => html.replace('<!-- shared head -->', SHARED_HEAD) },
};

export default defineConfig({
  plugins: [react(), sharedHead],
  base: '/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    // The console's component library is one lazy chunk of its own; nobody waits for it in the shop.
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      input: Object.fromEntries(
        PAGE_SETS.map((name) => [name, fileURLToPath(new URL(`./${name}/index.html`, import.meta.url))]),
      ),
    },
  },
  server: { proxy: { [API_PATHS]: SERVER } },
});
