/** `npm start`. The compile cache must be on before anything else is loaded, so this file imports nothing more (RULES 29). */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { start } = await import('./start.ts');
await start(process.env);
