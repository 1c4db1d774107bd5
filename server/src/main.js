/**
 * `npm start`. Plain JavaScript and the only file that is: the compile cache must be on before the first TypeScript is
 * loaded, or Node loads its type stripper at every start, which costs a fifth of a second and 40 MB for good (RULES 29).
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { start } = await import('./start.ts');
await start(process.env, process.argv.slice(2));
