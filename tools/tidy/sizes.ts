import ts from 'typescript';
import { isTest, nodeRule, type Rule } from './project.ts';

const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 70;
const CODE = /\.(?:[cm]?[jt]s|tsx)$/;

/** Files of code stay short enough to be read in one go. */
export const fileLength: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    return CODE.test(path) && lines > MAX_FILE_LINES
      ? [
          {
            path,
            line: 1,
            message: `${lines} lines; split the file by verb or noun, at most ${MAX_FILE_LINES}`,
          },
        ]
      : [];
  });

function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node)
  );
}

/** Whether the function is handed to `describe`, which only gathers tests. */
function isDescribeCallback(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node.parent) && /^describe(?:\.each\b.*)?$/s.test(node.parent.expression.getText())
  );
}

/** The name under which a function is declared. */
function declaredName(node: ts.FunctionLikeDeclaration): string {
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
  return named?.getText() ?? '';
}

function lineSpan(node: ts.Node): number {
  const ast = node.getSourceFile();
  const lineOf = (position: number) => ast.getLineAndCharacterOfPosition(position).line;
  return lineOf(node.end) - lineOf(node.getStart(ast)) + 1;
}

/** The lines of the outermost functions inside a node. */
function innerFunctionLines(node: ts.Node): number {
  let lines = 0;
  ts.forEachChild(node, (child) => {
    lines += isFunction(child) ? lineSpan(child) : innerFunctionLines(child);
  });
  return lines;
}

/**
 * Functions stay short enough to be held in mind; comments above them do not count. A factory (`createX`) is what a
 * class is elsewhere: the functions inside it are measured one by one and do not count for it.
 */
export const functionLength: Rule = nodeRule(
  (path) => CODE.test(path),
  (node, file) => {
    if (!isFunction(node) || (isTest(file.path) && isDescribeCallback(node))) {
      return undefined;
    }
    const isFactory = /^create[A-Z]/.test(declaredName(node));
    const lines = lineSpan(node) - (isFactory ? innerFunctionLines(node) : 0);
    return lines > MAX_FUNCTION_LINES
      ? `a function of ${lines} lines; give its parts names of their own, at most ${MAX_FUNCTION_LINES}`
      : undefined;
  },
);
