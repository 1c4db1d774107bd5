import { describe, expect, test } from 'vitest';
import { indexableKeys, keyLength } from './keys.ts';
import { type Rule, toProjectFile } from './project.ts';

const path = 'server/migrations/0002-orders.ts';

const messages = (rule: Rule, text: string) =>
  rule([toProjectFile(path, text)]).map(({ message }) => message);

describe('key-length', () => {
  test('a key has at most 190 characters', () => {
    expect(messages(keyLength, "const ddl = 'slug VARCHAR(255) NOT NULL';")).toHaveLength(1);
    expect(messages(keyLength, "const ddl = 'slug VARCHAR(190) NOT NULL';")).toEqual([]);
    expect(messages(keyLength, 'const slug = key(191);')).toHaveLength(1);
    expect(messages(keyLength, 'const slug = key(190);')).toEqual([]);
  });
});

describe('indexable-keys', () => {
  const columns = '{ id: key(), note: text(), body: bytes().nullable() }';
  const notes = (options: string) => messages(indexableKeys, `table('notes', ${columns}, ${options});`);

  test('a text without end is in no key and no index', () => {
    expect(notes("{ primaryKey: ['note'] }")).toHaveLength(1);
    expect(notes("{ primaryKey: ['id'], unique: { notes_unique: ['id', 'note'] } }")).toHaveLength(1);
    expect(notes("{ primaryKey: ['id'], indexes: { notes_by_body: ['body'] } }")).toHaveLength(1);
    expect(notes("{ primaryKey: ['id'], indexes: { note: ['id'] } }")).toEqual([]);
  });
});
