import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { compose } from '../compose.ts';
import { systemClock } from '../kernel/clock.ts';
import { loadConfig } from '../kernel/config/index.ts';
import { createLogger } from '../kernel/log/index.ts';
import { openKernel } from '../open-kernel.ts';
import { CommandError } from './context.ts';

/** `suanpan openapi [--write FILE | --check FILE]`: the API document of this version, without any configuration. */
export function addOpenApiCommand(program: Command): void {
  program
    .command('openapi')
    .description('print the API document (OpenAPI 3.1), write it to a file, or compare a file with it')
    .option('--write <file>', 'write it there')
    .option('--check <file>', 'end with 1 when that file is not the document of this version')
    .action(async ({ write, check }: { write?: string; check?: string }) => {
      const document = await describeApi();
      if (write !== undefined) {
        writeFileSync(write, document);
      } else if (check === undefined) {
        console.log(document);
      } else if (readFileSync(check, 'utf8') !== document) {
        throw new CommandError(
          `${check} is not true any more: run \`npx suanpan openapi --write ${check}\`.`,
        );
      }
    });
}

async function describeApi(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-openapi-'));
  const config = loadConfig(
    { NODE_ENV: 'test', DATA_DIR: folder, DATABASE_URL: `sqlite:${join(folder, 'empty.db')}` },
    folder,
  );
  const kernel = await openKernel({ config, clock: systemClock, log: createLogger('silent') });
  try {
    const application = await compose(kernel, config, { phoneUrl: null });
    const answer = await application.http.inject('/api/openapi.json');
    const document = `${JSON.stringify(answer.json(), null, 2)}\n`;
    await application.close();
    return document;
  } finally {
    await kernel.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
