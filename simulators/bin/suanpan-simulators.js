#!/usr/bin/env node
// The compile cache must be on before the first TypeScript is loaded, as in server/src/main.js.
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { run } = await import('../src/cli.ts');
await run(process.argv);
