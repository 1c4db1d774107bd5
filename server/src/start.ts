/**
 * Starts the program. In development the simulators are a process of their own, which starts while this one loads what the
 * server is made of: here stands only what is needed before that.
 */
import { type Config, ConfigError, type Environment, loadConfig } from './kernel/config/index.ts';
import { startSimulators } from './start-simulators.ts';

function readConfig(environment: Environment): Config {
  try {
    return loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
    throw error;
  }
}

/** Starts everything that `environment` asks for and answers once the server listens. */
export async function start(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  const simulators = config.simulators.isOn ? startSimulators(config) : undefined;
  const { serve } = await import('./serve.ts');
  await serve(config, simulators);
}
