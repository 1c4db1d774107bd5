import { readFileSync } from 'node:fs';

/** A PEM from its setting (literal `\n` allowed) or from the file that the other setting names. */
export function readPem(
  inline: string | undefined,
  file: string | undefined,
  name: string,
  problems: string[],
): string | undefined {
  if (inline !== undefined) {
    return inline.replaceAll('\\n', '\n');
  }
  if (file === undefined) {
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8');
  } catch {
    problems.push(`${name}_FILE: can not be read`);
    return undefined;
  }
}
