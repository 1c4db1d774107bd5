/** What others use says what it does, its units and what it throws. */
import path from 'node:path';
import ts from 'typescript';
import { findingAt, isServerCode, type ProjectFile, type Rule } from './project.ts';

/** A function, a constant or a class, where it is declared. */
interface Declaration {
  readonly name: string;
  readonly file: ProjectFile;
  readonly node: ts.Statement;
}

type FilesByPath = ReadonlyMap<string, ProjectFile>;
/** Declarations by the name under which a file exports them. */
type Exports = Map<string, Declaration>;

function isExported(node: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function declarationsOf(file: ProjectFile): Declaration[] {
  return (file.ast?.statements ?? []).flatMap((node): Declaration[] => {
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      return [{ name: node.name?.text ?? 'default', file, node }];
    }
    return ts.isVariableStatement(node)
      ? node.declarationList.declarations.map(({ name }) => ({ name: name.getText(file.ast), file, node }))
      : [];
  });
}

function targetOf(file: ProjectFile, specifier: ts.Expression | undefined, files: FilesByPath) {
  return specifier !== undefined && ts.isStringLiteral(specifier)
    ? files.get(path.posix.join(path.posix.dirname(file.path), specifier.text))
    : undefined;
}

/** What the file can name: its own declarations, and those it imports by name. */
function scopeOf(file: ProjectFile, files: FilesByPath): Exports {
  const scope: Exports = new Map(declarationsOf(file).map((declaration) => [declaration.name, declaration]));
  for (const node of file.ast?.statements ?? []) {
    const bindings = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined;
    if (!ts.isImportDeclaration(node) || bindings === undefined || !ts.isNamedImports(bindings)) {
      continue;
    }
    const target = targetOf(file, node.moduleSpecifier, files);
    const exported: Exports =
      target === undefined ? new Map<string, Declaration>() : exportsOf(target, files);
    for (const { name, propertyName } of bindings.elements) {
      const declaration = exported.get((propertyName ?? name).text);
      if (declaration !== undefined) {
        scope.set(name.text, declaration);
      }
    }
  }
  return scope;
}

/** What the file exports, followed through its re-exports to where it is declared. */
function exportsOf(file: ProjectFile, files: FilesByPath): Exports {
  const own = declarationsOf(file).filter(({ node }) => isExported(node));
  const found: Exports = new Map(own.map((declaration) => [declaration.name, declaration]));
  for (const node of file.ast?.statements ?? []) {
    if (!ts.isExportDeclaration(node)) {
      continue;
    }
    const target = targetOf(file, node.moduleSpecifier, files);
    const available = target === undefined ? scopeOf(file, files) : exportsOf(target, files);
    const named = node.exportClause !== undefined && ts.isNamedExports(node.exportClause);
    const pairs = named
      ? node.exportClause.elements.map(
          (element) =>
            [element.name.text, available.get((element.propertyName ?? element.name).text)] as const,
        )
      : [...available];
    for (const [name, declaration] of pairs) {
      if (declaration !== undefined) {
        found.set(name, declaration);
      }
    }
  }
  return found;
}

function hasDocstring({ file, node }: Declaration): boolean {
  const comments = ts.getLeadingCommentRanges(file.text, node.pos) ?? [];
  return comments.some(({ pos }) => file.text.startsWith('/**', pos));
}

/** `defineError` and its like carry their own words; overloads and neighbours without a blank line share a docstring. */
function isDocumented(declaration: Declaration): boolean {
  const { file, node, name } = declaration;
  if (hasDocstring(declaration) || /=\s*define(?:Error|Event|Job)\b/.test(node.getText(file.ast))) {
    return true;
  }
  const statements: readonly ts.Statement[] = file.ast?.statements ?? [];
  const before = statements[statements.indexOf(node) - 1];
  if (before === undefined) {
    return false;
  }
  const isOverload = ts.isFunctionDeclaration(before) && before.name?.text === name;
  const gap = file.text.slice(node.pos, node.getStart(file.ast));
  const isNeighbour = ts.isVariableStatement(before) && ts.isVariableStatement(node) && !/\n\s*\n/.test(gap);
  return (isOverload || isNeighbour) && isDocumented({ ...declaration, node: before });
}

/** What a module's index.ts and the files of the kernel export has a docstring where it is declared. */
export const docstrings: Rule = (files) => {
  const code = files.filter((file) => isServerCode(file.path));
  const byPath: FilesByPath = new Map(code.map((file) => [file.path, file]));
  const faces = code.filter(({ path: filePath }) =>
    /^server\/src\/(?:kernel\/|modules\/[^/]+\/index\.ts$)/.test(filePath),
  );
  // A function with overloads, or one behind two faces, is named once.
  const missing = new Map<string, Declaration>();
  for (const declaration of faces.flatMap((file) => [...exportsOf(file, byPath).values()])) {
    if (!isDocumented(declaration)) {
      missing.set(`${declaration.file.path} ${declaration.name}`, declaration);
    }
  }
  return [...missing.values()].map(({ name, file, node }) =>
    findingAt(
      file,
      node.getStart(file.ast),
      `${name} needs a docstring: what it does, units, what it throws`,
    ),
  );
};
