/** Columns that are compared or indexed: short, and of a type that every engine can index. */
import ts from 'typescript';
import { isServerCode, nodeRule, type Rule } from './project.ts';

const definesTables = (path: string): boolean => path.startsWith('server/migrations/') || isServerCode(path);

const MAX_KEY_LENGTH = 190;

/** Long keys do not fit an index of MariaDB, and text that is not a key is read whole. */
export const keyLength: Rule = nodeRule(definesTables, (node) => {
  const isKeyCall = ts.isCallExpression(node) && node.expression.getText() === 'key';
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
  const pattern = isKeyCall ? /^key\s*\(\s*([\d_]+)/g : /\bVARCHAR\s*\((\d+)\)/gi;
  const lengths = isKeyCall || isText ? [...node.getText().matchAll(pattern)] : [];
  const tooLong = lengths.find(([, length]) => Number(length?.replaceAll('_', '')) > MAX_KEY_LENGTH);
  return tooLong === undefined
    ? undefined
    : `${tooLong[0]}: keys have at most ${MAX_KEY_LENGTH} characters; longer text is text()`;
});

/** The columns of a `table(…)` whose text can have any length, by the function that made them. */
function endlessColumns(columns: ts.Expression | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const property of columns !== undefined && ts.isObjectLiteralExpression(columns)
    ? columns.properties
    : []) {
    const type = ts.isPropertyAssignment(property)
      ? /^(text|bytes)\(/.exec(property.initializer.getText())?.[1]
      : undefined;
    if (type !== undefined && property.name !== undefined) {
      found.set(property.name.getText(), type);
    }
  }
  return found;
}

/** The columns named in the primary key, the unique keys and the indexes of a `table(…)`. */
function indexedColumns(options: ts.Expression | undefined): string[] {
  const lists = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties : [];
  const names: string[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) {
      names.push(node.text);
    }
    ts.forEachChild(node, collect);
  };
  for (const list of lists) {
    if (/^(?:primaryKey|unique|indexes)$/.test(list.name?.getText() ?? '')) {
      collect(list);
    }
  }
  return names;
}

/** MariaDB can not index a text without end. */
export const indexableKeys: Rule = nodeRule(definesTables, (node) => {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'table') {
    return undefined;
  }
  const endless = endlessColumns(node.arguments[1]);
  const column = indexedColumns(node.arguments[2]).find((name) => endless.has(name));
  return column === undefined
    ? undefined
    : `${column} is in a key or an index, so it is key(), not ${endless.get(column)}()`;
});
