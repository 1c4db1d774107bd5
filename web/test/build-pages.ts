import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Builds the pages that the tests look at, so that they never look at those of yesterday. */
export default async function buildPages(): Promise<void> {
  await promisify(execFile)('npm', ['run', 'build'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    // What runs tests calls itself `test`, and React would be built for developers.
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
