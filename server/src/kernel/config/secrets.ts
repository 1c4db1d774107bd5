import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomCode } from '../ids.ts';

const FILE = 'secrets.json';

/** Secrets that were generated because none were configured. They live in the data folder, readable by its owner only. */
export interface GeneratedSecrets {
  readonly JWT_SECRET: string;
  readonly APP_SECRET: string;
  readonly ADMIN_PASSWORD: string;
}

/** Reads the generated secrets, or makes them once. Never used in production. */
export function readOrGenerateSecrets(dataDir: string): GeneratedSecrets {
  const path = join(dataDir, FILE);
  const stored = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<GeneratedSecrets>)
    : {};
  const secrets: GeneratedSecrets = {
    JWT_SECRET: stored.JWT_SECRET ?? randomCode(48),
    APP_SECRET: stored.APP_SECRET ?? randomCode(48),
    ADMIN_PASSWORD: stored.ADMIN_PASSWORD ?? randomCode(16),
  };
  if (JSON.stringify(stored) !== JSON.stringify(secrets)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  return secrets;
}
