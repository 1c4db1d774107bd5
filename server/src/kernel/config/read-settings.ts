import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { ALIASES, KNOWN_PREFIXES, type SettingName, type Settings, settingSchemas } from './keys.ts';

/** Thrown with everything that is wrong at once, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(
      `The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      options,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReadSettings {
  readonly settings: Settings;
  /** Names that were set by somebody, as opposed to defaults. */
  readonly given: ReadonlySet<SettingName>;
  readonly warnings: readonly string[];
}

function isKnown(name: string): boolean {
  return Object.hasOwn(settingSchemas, name) || Object.hasOwn(ALIASES, name);
}

function hasKnownPrefix(name: string): boolean {
  return KNOWN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[b.length] as number;
}

function nearestName(name: string): string {
  const names = [...Object.keys(settingSchemas), ...Object.keys(ALIASES)];
  return names.reduce((best, next) => (editDistance(name, next) < editDistance(name, best) ? next : best));
}

function readFiles(folder: string, mode: string, problems: string[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const file of ['.env', `.env.${mode}`]) {
    const path = join(folder, file);
    if (!existsSync(path)) {
      continue;
    }
    const entries = Object.entries(parseEnv(readFileSync(path, 'utf8'))) as [string, string][];
    for (const [name, value] of entries) {
      if (!isKnown(name)) {
        problems.push(`${file}: ${name} is not a setting; did you mean ${nearestName(name)}?`);
      } else if (value !== '') {
        merged[name] = value;
      }
    }
  }
  return merged;
}

/** Aliases become their setting; two names with different values are a problem. */
function resolveAliases(
  raw: Record<string, string>,
  problems: string[],
): Partial<Record<SettingName, string>> {
  const resolved: Partial<Record<SettingName, string>> = {};
  for (const [name, value] of Object.entries(raw)) {
    const setting = ALIASES[name] ?? (name as SettingName);
    const other = resolved[setting];
    if (other !== undefined && other !== value) {
      problems.push(`${setting} and its other name are set to different values; keep one`);
    }
    resolved[setting] = value;
  }
  return resolved;
}

/**
 * Reads the environment, and below it `.env.<NODE_ENV>` and `.env` in `folder`. An unknown key is an error in a file;
 * in the process environment one with a known prefix is a warning with the nearest name, because an orchestrator
 * injects names of its own (RULES 33). Throws a {@link ConfigError} with everything that is wrong.
 */
export function readSettings(environment: Environment, folder: string): ReadSettings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const fromFiles = readFiles(folder, environment.NODE_ENV ?? 'development', problems);
  const fromProcess: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '') {
      continue;
    }
    if (isKnown(name)) {
      fromProcess[name] = value;
    } else if (hasKnownPrefix(name)) {
      warnings.push(`${name} is not a setting and is ignored; did you mean ${nearestName(name)}?`);
    }
  }
  const fileSettings = resolveAliases(fromFiles, problems);
  const raw = { ...fileSettings, ...resolveAliases(fromProcess, problems) };
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingSchemas)) {
    const parsed = (schema as z.ZodType).safeParse(raw[name as SettingName]);
    if (parsed.success) {
      settings[name] = parsed.data;
    } else {
      problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
    }
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return { settings: settings as Settings, given: new Set(Object.keys(raw) as SettingName[]), warnings };
}
