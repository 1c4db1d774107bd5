import { Command, InvalidArgumentError } from 'commander';
import { type Simulators, startSimulators } from './index.ts';

interface CliOptions {
  dataDir?: string;
  port: number;
  timeScale?: number;
  strict?: boolean;
}

/** The command `suanpan-simulators`: starts, prints the addresses, and stops on SIGTERM or SIGINT. */
export async function run(argv: string[]): Promise<void> {
  const program = new Command('suanpan-simulators')
    .description(
      'Payment providers on loopback: WeChat Pay v3, the mini-program server API, WeChat Cloud Hosting, Alipay, Stripe, PayPal; and Unitel, an operator.',
    )
    .showHelpAfterError()
    .option('--data-dir <dir>', 'keep state and generated keys here (default: in memory)')
    .option('--port <port>', 'control API; providers take the ports after it', toPort, 4010)
    .option('--time-scale <factor>', 'divide every wait a provider imposes', toFactor)
    .option('--strict', 'refuse notification addresses that the real providers refuse')
    .action(start);
  await program.parseAsync(argv);
}

async function start(options: CliOptions): Promise<void> {
  const { port } = options;
  try {
    const simulators = await startSimulators({
      ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
      ...(options.timeScale === undefined ? {} : { timeScale: options.timeScale }),
      ...(options.strict === undefined ? {} : { strictNotifyUrl: options.strict }),
      ports: {
        control: port,
        wechatPay: port + 1,
        wechatOpen: port + 2,
        alipay: port + 3,
        stripe: port + 4,
        paypal: port + 5,
        unitel: port + 6,
        wechatCloud: port + 7,
      },
    });
    announce(simulators, options.dataDir);
    // A program that started us learns here that we listen.
    process.send?.({ ready: true });
    // A program that starts the simulators with an IPC channel takes them along when it ends, even by a kill.
    process.once('disconnect', () => void stop(simulators));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => void stop(simulators));
    }
  } catch (error) {
    console.error(explain(error, port));
    process.exitCode = 1;
  }
}

async function stop(simulators: Simulators): Promise<void> {
  await simulators.close();
  process.exit(0);
}

function announce(simulators: Simulators, dataDir: string | undefined): void {
  const { timeScale, strictNotifyUrl } = simulators.settings.current();
  console.log(`control API     ${simulators.controlUrl}/control`);
  console.log(`phone           ${simulators.controlUrl}/phone`);
  console.log(`WeChat Pay v3   ${simulators.wechatPayUrl}`);
  console.log(`mini program    ${simulators.wechatOpenUrl}`);
  console.log(`Alipay          ${simulators.alipayUrl}/gateway.do`);
  console.log(`Stripe          ${simulators.stripeUrl}`);
  console.log(`PayPal          ${simulators.paypalUrl}`);
  console.log(`Unitel          ${simulators.unitelUrl}/api/v1`);
  console.log(`cloud calls     ${simulators.wechatCloudUrl}`);
  console.log(`state           ${dataDir ?? 'in memory'}`);
  console.log(`time scale      ${timeScale}`);
  console.log(
    strictNotifyUrl
      ? 'notify_url      strict: https and a public host name, as the real platform asks'
      : 'notify_url      lenient: http and loopback are accepted (--strict refuses them)',
  );
}

function explain(error: unknown, port: number): string {
  const code = (error as { code?: string }).code;
  if (code === 'EADDRINUSE') {
    return `One of the ports ${port} to ${port + 7} is taken. Choose others with --port, or stop what listens there.`;
  }
  if (code === 'EACCES') {
    return `No permission: choose a port above 1023 with --port and a folder you can write.`;
  }
  return `The simulators could not start: ${error instanceof Error ? error.message : String(error)}`;
}

function toPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_528) {
    throw new InvalidArgumentError('Give 1 to 65528; the seven ports after it are taken too.');
  }
  return port;
}

function toFactor(value: string): number {
  const factor = Number(value);
  if (!(factor > 0)) {
    throw new InvalidArgumentError('Give a number above 0.');
  }
  return factor;
}
