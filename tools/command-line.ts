/** What the programs behind `npm run …` have in common: `--help`, and a refusal that says where to read on. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Ends the program with 1 after one line that says what is wrong, and where the options are listed. */
export function refuse(message: string): never {
  console.error(`${message}\n--help lists what can be asked for.`);
  process.exit(1);
}

/** The options that were given. With `--help` prints `help` and ends with 0; refuses what `config` does not know. */
export function readCommandLine<const C extends ParseArgsConfig>(help: string, config: C) {
  const given = config.args ?? process.argv.slice(2);
  if (given.includes('--help') || given.includes('-h')) {
    console.log(help);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    // Node explains at length how to give a value that begins with a dash.
    return refuse(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error));
  }
}

/** A whole number from `least` on; refuses anything else. */
export function readNumber(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    return refuse(`${option} takes a whole number from ${least} on, not "${text}".`);
  }
  return value;
}

/** One of the names; refuses any other. */
export function readName<N extends string>(option: string, text: string, names: readonly N[]): N {
  const found = names.find((name) => name === text);
  return found ?? refuse(`${option} is one of ${names.join(', ')}, not "${text}".`);
}

/** The words of the command line, with `value` after an `option` that stands alone and may. */
export function withDefault(option: string, value: number): string[] {
  return process.argv.slice(2).flatMap((word, index, words) => {
    const next = words[index + 1];
    const isBare = word === option && (next === undefined || next.startsWith('-'));
    return isBare ? [word, String(value)] : [word];
  });
}
