import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type RiskConfig } from '../../src/kernel/config/index.ts';

/** How attempts are judged under these settings. */
export function riskConfig(settings: Readonly<Record<string, string>> = {}): RiskConfig {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-risk-'));
  try {
    return loadConfig({ NODE_ENV: 'test', DATA_DIR: folder, ...settings }, folder).risk;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
