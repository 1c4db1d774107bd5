/** That every text which a page asks for is there, once. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cashierEn } from './cashier.ts';
import { CONSOLE_PARTS, consoleTexts } from './console.ts';
import { sharedEn } from './shared.ts';
import { shopEn } from './shop.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

/** The keys that the sources of a folder ask for by name. A plural is there by its forms. */
function keysOf(folder: string): [key: string, file: string][] {
  return globSync(`${folder}/**/*.{ts,tsx}`, { cwd: SOURCES }).flatMap((file) => {
    const text = readFileSync(`${SOURCES}/${file}`, 'utf8');
    return [...text.matchAll(/\bt\(\s*'([^':]+)'/g)].map(([, key]): [string, string] => [key ?? '', file]);
  });
}

test('no text of the console is declared twice', () => {
  const keys = [sharedEn, ...CONSOLE_PARTS.map(({ en }) => en)].flatMap((part) => Object.keys(part));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

describe('texts', () => {
  const pageSets: [folder: string, texts: Readonly<Record<string, string>>][] = [
    ['console', consoleTexts.en],
    ['cashier', cashierEn],
    ['shop', shopEn],
  ];
  test.each(pageSets)('the %s has every text that it asks for', (folder, texts) => {
    const known = { ...sharedEn, ...texts };
    const asked = keysOf(folder);
    expect(asked.length).toBeGreaterThan(5);
    const missing = asked.filter(([key]) => !(key in known) && !(`${key}_other` in known));
    expect(missing).toEqual([]);
  });
});
