import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Three page sets that share their chunks: the shop, the cashier and the console, each one HTML file. */
const PAGE_SETS = ['shop', 'cashier', 'console'];

/** The server that answers the pages while they are developed with `npm run dev --workspace web`. */
const SERVER = process.env.SUANPAN_URL ?? 'http://127.0.0.1:3000';
const API_PATHS =
  '^/(?:users|wechat|products|categories|brands|orders|payments|shop/settings|admin)(?:[/?]|$)';

export default defineConfig({
  plugins: [react()],
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
