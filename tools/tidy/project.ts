import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One file of the project. `ast` is there for TypeScript and JavaScript. */
export interface ProjectFile {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly ast?: ts.SourceFile;
}

/** Something that a rule found, and what to do instead. */
export interface Finding {
  readonly path: string;
  /** 1 for the first line. */
  readonly line: number;
  readonly message: string;
}

/** A house rule over the whole project; most look at one file at a time. */
export type Rule = (files: readonly ProjectFile[]) => Finding[];

const SCRIPT = /\.(?:[cm]?[jt]s|tsx)$/;
const BINARY = /\.(?:png|jpe?g|gif|ico|webp|woff2?|db|sqlite|gz|zip)$/;

/** A file made of a path and a text; tests of the rules use it too. */
export function toProjectFile(filePath: string, text: string): ProjectFile {
  if (!SCRIPT.test(filePath)) {
    return { path: filePath, text };
  }
  const kind = filePath.endsWith('x') ? ts.ScriptKind.TSX : undefined;
  return {
    path: filePath,
    text,
    ast: ts.createSourceFile(filePath, text, ts.ScriptTarget.Latest, true, kind),
  };
}

/** What Git tracks or would track; in a copy without its history, what is not installed or built. */
function listFiles(root: string): string[] {
  if (!existsSync(path.join(root, '.git'))) {
    const isForeign = (name: string) =>
      /^(?:node_modules|dist|data|coverage|\.cache)$/.test(path.basename(name));
    return globSync('**/*', { cwd: root, exclude: isForeign });
  }
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split('\0');
}

/** Every text file of the project. */
export function readProject(root: string): ProjectFile[] {
  return listFiles(root)
    .filter((name) => name !== '' && !BINARY.test(name))
    .filter((name) => statSync(path.join(root, name), { throwIfNoEntry: false })?.isFile())
    .map((name) => toProjectFile(name, readFileSync(path.join(root, name), 'utf8')));
}

/** Calls `visit` for every node of the file, parents before children. */
export function walk(file: ProjectFile, visit: (node: ts.Node, ast: ts.SourceFile) => void): void {
  const { ast } = file;
  if (ast === undefined) {
    return;
  }
  const descend = (node: ts.Node): void => {
    visit(node, ast);
    ts.forEachChild(node, descend);
  };
  descend(ast);
}

export function findingAt(file: ProjectFile, position: number, message: string): Finding {
  return { path: file.path, line: file.text.slice(0, position).split('\n').length, message };
}

/** A rule that looks at the nodes of the files whose path it applies to. */
export function nodeRule(
  appliesTo: (filePath: string) => boolean,
  inspect: (node: ts.Node, file: ProjectFile) => string | undefined,
): Rule {
  return (files) =>
    files
      .filter((file) => appliesTo(file.path))
      .flatMap((file) => {
        const findings: Finding[] = [];
        walk(file, (node, ast) => {
          const message = inspect(node, file);
          if (message !== undefined) {
            findings.push(findingAt(file, node.getStart(ast), message));
          }
        });
        return findings;
      });
}

export const isTest = (filePath: string): boolean => /\.test\.tsx?$|(?:^|\/)test\//.test(filePath);

/** Code of the server that runs in production. */
export const isServerCode = (filePath: string): boolean =>
  filePath.startsWith('server/src/') && !isTest(filePath);
