import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A JSON file of generated secrets, readable by its owner only; kept in memory when there is no folder. */
export interface SecretFile<T> {
  read(): T | undefined;
  write(value: T): void;
}

export function openSecretFile<T>(dataDir: string | undefined, name: string): SecretFile<T> {
  if (dataDir === undefined) {
    let held: T | undefined;
    return {
      read: () => held,
      write(value) {
        held = value;
      },
    };
  }
  const path = join(dataDir, name);
  return {
    read: () => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined),
    write(value) {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      // Written beside and renamed: a process killed half-way must not leave half a key.
      writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
}
