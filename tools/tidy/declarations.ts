/** What is part of the product's face: error codes, names of jobs and events, docstrings of what others use. */
import path from 'node:path';
import ts from 'typescript';
import { type Finding, findingAt, isServerCode, type ProjectFile, type Rule, walk } from './project.ts';

interface Declared {
  readonly value: string;
  readonly finding: (message: string) => Finding;
}

/** The strings given as `property` to calls of `declare`, such as `code` to `defineError`. */
function declaredStrings(files: readonly ProjectFile[], declare: string, property: string): Declared[] {
  const found: Declared[] = [];
  for (const file of files.filter((candidate) => isServerCode(candidate.path))) {
    walk(file, (node, ast) => {
      if (!ts.isCallExpression(node) || node.expression.getText(ast) !== declare) {
        return;
      }
      const [options] = node.arguments;
      const entry =
        options !== undefined && ts.isObjectLiteralExpression(options)
          ? options.properties.find((candidate) => candidate.name?.getText(ast) === property)
          : undefined;
      if (
        entry !== undefined &&
        ts.isPropertyAssignment(entry) &&
        ts.isStringLiteralLike(entry.initializer)
      ) {
        const { initializer } = entry;
        found.push({
          value: initializer.text,
          finding: (message) => findingAt(file, initializer.getStart(ast), message),
        });
      }
    });
  }
  return found;
}

function uniqueAndShaped(declared: readonly Declared[], shape: RegExp, advice: string): Finding[] {
  const seen = new Map<string, Finding>();
  return declared.flatMap(({ value, finding }): Finding[] => {
    if (!shape.test(value)) {
      return [finding(`${value}: ${advice}`)];
    }
    const first = seen.get(value);
    seen.set(value, first ?? finding(''));
    return first === undefined
      ? []
      : [finding(`${value} is declared in ${first.path} too; say what differs in its name`)];
  });
}

/** Clients switch on error codes: each means one thing. */
export const errorCodes: Rule = (files) =>
  uniqueAndShaped(
    declaredStrings(files, 'defineError', 'code'),
    /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/,
    'error codes are snake_case',
  );

const NOUN_VERB = /^[a-z][a-z_]*\.[a-z][a-z_]*$/;

/** Names of jobs stand in the database and names of events in other people's code: each means one thing. */
export const jobAndEventNames: Rule = (files) => [
  ...uniqueAndShaped(
    declaredStrings(files, 'defineJob', 'name'),
    NOUN_VERB,
    'jobs are named noun.verb, such as order.close',
  ),
  ...uniqueAndShaped(
    declaredStrings(files, 'defineEvent', 'name'),
    NOUN_VERB,
    'events are named noun.verb in the past tense, such as order.confirmed',
  ),
];

/** A declaration that other files may use, under the name they use. */
interface ExportedSymbol {
  readonly name: string;
  readonly file: ProjectFile;
  readonly node: ts.Statement;
}

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Functions, constants and classes that the file declares itself, exported or not. */
function declarationsOf(file: ProjectFile): ExportedSymbol[] {
  return (file.ast?.statements ?? []).flatMap((node): ExportedSymbol[] => {
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      return [{ name: node.name?.text ?? 'default', file, node }];
    }
    return ts.isVariableStatement(node)
      ? node.declarationList.declarations.map(({ name }) => ({ name: name.getText(file.ast), file, node }))
      : [];
  });
}

/** The symbols behind a module's index.ts, followed through its re-exports. */
function publicSymbols(file: ProjectFile, byPath: ReadonlyMap<string, ProjectFile>): ExportedSymbol[] {
  const own = declarationsOf(file).filter(({ node }) => isExported(node));
  const passedOn = (file.ast?.statements ?? []).flatMap((node): ExportedSymbol[] => {
    if (!ts.isExportDeclaration(node) || !node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) {
      return [];
    }
    const target = byPath.get(path.posix.join(path.posix.dirname(file.path), node.moduleSpecifier.text));
    if (target === undefined) {
      return [];
    }
    const symbols = publicSymbols(target, byPath);
    const clause = node.exportClause;
    if (clause === undefined || !ts.isNamedExports(clause)) {
      return symbols;
    }
    const names = new Set(clause.elements.map(({ propertyName, name }) => (propertyName ?? name).text));
    return symbols.filter(({ name }) => names.has(name));
  });
  return [...own, ...passedOn];
}

/** The comment blocks directly above a statement. */
function hasDocstring({ file, node }: ExportedSymbol): boolean {
  return (ts.getLeadingCommentRanges(file.text, node.pos) ?? []).some(({ pos }) =>
    file.text.startsWith('/**', pos),
  );
}

/** `defineError` and its like carry their own words; overloads and neighbours without a blank line share a docstring. */
function isDocumented(symbol: ExportedSymbol): boolean {
  const { file, node, name } = symbol;
  if (hasDocstring(symbol) || /=\s*define(?:Error|Event|Job)\b/.test(node.getText(file.ast))) {
    return true;
  }
  const statements: readonly ts.Statement[] = file.ast?.statements ?? [];
  const before = statements[statements.indexOf(node) - 1];
  if (before === undefined) {
    return false;
  }
  const isOverload = ts.isFunctionDeclaration(before) && before.name?.text === name;
  const isNeighbour =
    ts.isVariableStatement(before) && !/\n\s*\n/.test(file.text.slice(node.pos, node.getStart(file.ast)));
  return (isOverload || isNeighbour) && isDocumented({ ...symbol, node: before });
}

/** What others use says what it does, its units and what it throws. */
export const docstrings: Rule = (files) => {
  const code = files.filter((file) => isServerCode(file.path));
  const byPath = new Map(code.map((file) => [file.path, file]));
  const symbols = code.flatMap((file) => {
    if (/^server\/src\/modules\/[^/]+\/index\.ts$/.test(file.path)) {
      return publicSymbols(file, byPath);
    }
    const isKernel = file.path.startsWith('server/src/kernel/');
    return isKernel ? declarationsOf(file).filter(({ node }) => isExported(node)) : [];
  });
  const missing = new Set(symbols.filter((symbol) => !isDocumented(symbol)));
  return [...new Map([...missing].map((symbol) => [symbol.node, symbol])).values()].map(
    ({ name, file, node }) =>
      findingAt(
        file,
        node.getStart(file.ast),
        `${name} needs a docstring: what it does, units, what it throws`,
      ),
  );
};
