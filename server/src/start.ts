/**
 * Starts the program. In development the simulators are a process of their own, which starts while this one loads what the
 * server is made of: here stands only what is needed before that.
 */
import { type Config, type Environment, loadConfig } from './kernel/config/index.ts';
import { startSimulators } from './start-simulators.ts';

async function run(config: Config): Promise<void> {
  const simulators = config.simulators.isOn ? startSimulators(config) : undefined;
  const { serve } = await import('./serve.ts');
  await serve(config, simulators);
}

const HELP = `npm start

Starts the shop, its jobs, and in development the simulators, and prints where everything is. It takes no options: settings
are environment variables, or lines of .env, such as PORT=3001 npm start. .env.example names all of them with their
defaults. SIGTERM or Ctrl-C ends it once what has begun is done.
`;

/** Ends the program where words stand behind its name: settings come from elsewhere. */
function refuseOptions(words: readonly string[]): void {
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  if (words.length > 0) {
    process.stderr.write(
      `npm start takes no options, not ${words.join(' ')}. --help says where settings are.\n`,
    );
    process.exit(1);
  }
}

/** Starts everything that `environment` asks for and answers once the server listens. */
export async function start(environment: Environment, words: readonly string[] = []): Promise<void> {
  refuseOptions(words);
  try {
    await run(loadConfig(environment));
  } catch (error) {
    const { explainFailure } = await import('./explain-failure.ts');
    const explained = explainFailure(error);
    if (explained === undefined) {
      throw error;
    }
    process.stderr.write(`${explained}\n`);
    // The simulators end with this process.
    process.exit(1);
  }
}
