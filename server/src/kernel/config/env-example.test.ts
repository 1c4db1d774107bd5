import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { type SettingName, settingSchemas } from './keys.ts';
import { readSettings } from './read-settings.ts';

const text = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
const shown = [...text.matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
  ([, name, value]) => [name, value] as [string, string],
);

test('.env.example names exactly the settings that there are, each once', () => {
  expect(shown.map(([name]) => name).sort()).toEqual(Object.keys(settingSchemas).sort());
});

test.each(shown)('%s is shown with the default that it really has', (name, value) => {
  const schema: z.ZodType = settingSchemas[name as SettingName];
  const byDefault = schema.safeParse(undefined);
  const byExample = schema.safeParse(value === '' ? undefined : value);
  expect(byExample).toEqual(byDefault);
  expect(value === '').toBe(byDefault.data === undefined || JSON.stringify(byDefault.data) === '[]');
});

test('every setting is explained above its group', () => {
  const groups = text.split(/\n\s*\n/).filter((group) => /^#[A-Z]/m.test(group));
  for (const group of groups) {
    expect(group, group).toMatch(/^# \S/);
  }
});

test('the file with every line taken in changes nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suanpan-env-'));
  try {
    const untouched = readSettings({}, folder).settings;
    writeFileSync(join(folder, '.env'), text.replaceAll(/^#(?=[A-Z][A-Z0-9_]*=)/gm, ''));
    expect(readSettings({}, folder).settings).toEqual(untouched);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
