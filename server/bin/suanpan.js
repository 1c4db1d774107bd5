#!/usr/bin/env node
// Nothing is imported by name here: an old Node must get as far as the sentence that tells what to do.
import module from 'node:module';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `suanpan needs Node 24; this is ${process.version}. Run it as \`npx suanpan …\` in the project, which brings its own.`,
  );
  process.exit(1);
}
module.enableCompileCache();
const { runCli } = await import('../src/cli/main.ts');
process.exitCode = await runCli(process.argv.slice(2));
