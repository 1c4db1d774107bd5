/** What server code may not do by itself: reach the network, read the clock, roll dice, print. */
import ts from 'typescript';
import { isServerCode, nodeRule, type Rule } from './project.ts';

const NETWORK = /^(?:node:)?(?:https?|http2|net|tls|dgram)$|^undici$|^(?:axios|got|ky|node-fetch)$/;

/** The text before the parenthesis of a call, without blanks, such as `Date.now`. */
function calledName(node: ts.Node): string | undefined {
  return ts.isCallExpression(node) ? node.expression.getText().replaceAll(/\s/g, '') : undefined;
}

/** The module that a statement or a call loads for its values; types cost nothing and are free. */
function loadedModule(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return isTypeOnly ? undefined : node.moduleSpecifier.text;
  }
  if (ts.isCallExpression(node) && /^(?:import|require)$/.test(calledName(node) ?? '')) {
    const [first] = node.arguments;
    return first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
  }
  return undefined;
}

/** One client speaks to the world: it knows time-outs and redaction, and refuses inside a transaction. */
export const outboundOnly: Rule = nodeRule(
  (path) => isServerCode(path) && !/^server\/src\/kernel\/outbound(?:\/|\.ts$)/.test(path),
  (node) => {
    const module = loadedModule(node);
    if (module !== undefined && NETWORK.test(module)) {
      return `${module} opens connections of its own; use the client of kernel/outbound`;
    }
    return /^(?:globalThis\.)?fetch$/.test(calledName(node) ?? '')
      ? 'fetch knows no transaction and no redaction; use the client of kernel/outbound'
      : undefined;
  },
);

function isBareNow(node: ts.Node): boolean {
  return (
    calledName(node) === 'Date.now' ||
    (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
  );
}

const hasClock = (path: string): boolean =>
  (isServerCode(path) && !path.startsWith('server/src/kernel/')) ||
  (path.startsWith('simulators/src/') && !/[./]test\b/.test(path));

/** Tests move the time, so only the clock may read it. */
export const clockOnly: Rule = nodeRule(
  (path) => hasClock(path) && !/(?:^|\/)clock(?:\.ts$|\/)/.test(path),
  (node) =>
    isBareNow(node)
      ? 'take the time from tx.now or from the clock that is handed in, so that tests can move it'
      : undefined,
);

/** Ids, codes and delays come from the kernel, which draws them from node:crypto. */
export const randomOnly: Rule = nodeRule(
  (path) => isServerCode(path) && !path.startsWith('server/src/kernel/'),
  (node) =>
    calledName(node) === 'Math.random'
      ? 'Math.random can be guessed and repeats; use kernel/ids or node:crypto'
      : undefined,
);

/** Amounts are integers in minor units from the first digit read to the last one printed. */
export const noFloats: Rule = nodeRule(
  (path) => isServerCode(path) && !/^server\/src\/kernel\/money(?:\/|\.ts$)/.test(path),
  (node) => {
    const name = calledName(node);
    return name !== undefined && (/^(?:Number\.)?parseFloat$/.test(name) || name.endsWith('.toFixed'))
      ? `${name} makes a float or rounds one; use kernel/money for amounts, integers with a unit elsewhere`
      : undefined;
  },
);

const mayPrint = (path: string): boolean =>
  /^server\/src\/(?:cli\/|cli\.ts$)/.test(path) || !/^(?:server|web)\/src\//.test(path);

/** The log redacts and can be searched; the console does neither. */
export const noConsole: Rule = nodeRule(
  (path) => /^(?:server|web)\//.test(path) && !mayPrint(path) && !/\.test\.tsx?$/.test(path),
  (node) =>
    calledName(node)?.startsWith('console.')
      ? 'use the log that is handed in: it redacts secrets and carries the request id'
      : undefined,
);
