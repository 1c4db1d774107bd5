import { readFileSync } from 'node:fs';

const BEGIN = '<!-- edges:begin -->';
const END = '<!-- edges:end -->';

/** For each module, the modules that it may import; `all` where it may import every one. */
export type AllowedEdges = ReadonlyMap<string, readonly string[] | 'all'>;

function parseRow(row: string): [string, readonly string[] | 'all'] {
  const [module, imports, ...rest] = row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim());
  if (!module || !imports || rest.length > 0) {
    throw new Error(`a row of the table of edges needs two filled cells ("none" for no edge): ${row}`);
  }
  if (imports === 'all') {
    return [module, 'all'];
  }
  return [module, imports === 'none' ? [] : imports.split(',').map((name) => name.trim())];
}

/** Reads the one table of allowed imports between modules. Throws when it is missing, malformed or names a stranger. */
export function parseAllowedEdges(markdown: string): AllowedEdges {
  const begin = markdown.indexOf(BEGIN);
  const end = markdown.indexOf(END);
  if (begin === -1 || end < begin) {
    throw new Error(`the table of edges must stand between ${BEGIN} and ${END}`);
  }
  const rows = markdown
    .slice(begin + BEGIN.length, end)
    .split('\n')
    .filter((line) => line.trim().startsWith('|'))
    .slice(2)
    .map((line) => parseRow(line.trim()));
  const edges = new Map(rows);
  if (edges.size !== rows.length) {
    throw new Error('the table of edges names a module twice');
  }
  for (const [module, imports] of edges) {
    const stranger = imports === 'all' ? undefined : imports.find((name) => !edges.has(name));
    if (stranger !== undefined) {
      throw new Error(`${module} may import ${stranger}, but the table has no row for ${stranger}`);
    }
  }
  return edges;
}

/** The table in ARCHITECTURE.md. */
export function readAllowedEdges(): AllowedEdges {
  return parseAllowedEdges(readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8'));
}
