/** The table of error codes, read from where the server declares them, so that docs/errors.md can not fall behind. */
import ts from 'typescript';
import { findingAt, isServerCode, type ProjectFile, walk } from './tidy/project.ts';

export interface DeclaredError {
  readonly code: string;
  readonly status: number;
  readonly en: string;
  readonly zh: string;
  /** `kernel`, or the module that declares it. */
  readonly home: string;
}

type Properties = ReadonlyMap<string, ts.Expression>;

function propertiesOf(node: ts.Expression | undefined): Properties {
  const entries =
    node !== undefined && ts.isObjectLiteralExpression(node)
      ? node.properties.filter(ts.isPropertyAssignment)
      : [];
  return new Map(entries.map((entry) => [entry.name.getText(), entry.initializer]));
}

function textOf(node: ts.Expression | undefined): string | undefined {
  return node !== undefined && (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node))
    ? node.text
    : undefined;
}

function homeOf(path: string): string {
  return /^server\/src\/modules\/([^/]+)\//.exec(path)?.[1] ?? 'kernel';
}

function readDeclaration(file: ProjectFile, call: ts.CallExpression): DeclaredError {
  const given = propertiesOf(call.arguments[0]);
  const message = propertiesOf(given.get('message'));
  const [code, status] = [textOf(given.get('code')), textOf(given.get('status'))];
  const [en, zh] = [textOf(message.get('en')), textOf(message.get('zh'))];
  if (code === undefined || status === undefined || en === undefined || zh === undefined) {
    const { path, line } = findingAt(file, call.getStart(file.ast), '');
    throw new Error(`${path}:${line}  give defineError its code, status and messages as literals`);
  }
  return { code, status: Number(status), en, zh, home: homeOf(file.path) };
}

/** Every `defineError({ … })` of the server, by code. Throws where one is not written out as literals. */
export function readErrors(files: readonly ProjectFile[]): DeclaredError[] {
  const found: DeclaredError[] = [];
  for (const file of files.filter(({ path }) => isServerCode(path))) {
    walk(file, (node, ast) => {
      if (ts.isCallExpression(node) && node.expression.getText(ast) === 'defineError') {
        found.push(readDeclaration(file, node));
      }
    });
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : 1));
}

const cell = (text: string) => text.replaceAll('|', '\\|');

/** The page as it stands in docs/errors.md. */
export function toMarkdown(errors: readonly DeclaredError[]): string {
  const rows = errors.map(
    ({ code, status, home, en, zh }) => `| \`${code}\` | ${status} | ${home} | ${cell(en)} | ${cell(zh)} |`,
  );
  return `${[
    '# Error codes',
    '',
    'Written by `node tools/errors.ts --write` from the declarations in the code; `npm run check` compares it. `error` in the',
    'envelope is one of these codes and never changes its meaning; `message` follows `Accept-Language`. Each operation of',
    'the [API document](openapi.json) lists those that it answers. How the envelope looks: [api.md](api.md#envelope).',
    '',
    '| error | status | declared by | English | 中文 |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}
