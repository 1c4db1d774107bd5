#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `suanpan needs Node 24; this is ${process.version}. Run it as \`npx suanpan …\` in the project, which brings its own.`,
  );
  process.exit(1);
}
enableCompileCache();
const { runCli } = await import('../src/cli/main.ts');
process.exitCode = await runCli(process.argv.slice(2));
