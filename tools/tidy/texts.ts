/** Words that have no place in the project, and tests that would not run. */
import ts from 'typescript';
import { type Finding, isTest, nodeRule, type ProjectFile, type Rule } from './project.ts';

/** One finding for each line of the file that matches. */
function matchingLines({ path, text }: ProjectFile, pattern: RegExp, message: string): Finding[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [{ path, line: index + 1, message }] : []));
}

// Written in two halves, so that this file does not find itself.
const UNFINISHED = new RegExp(`\\b(?:TO${'DO'}|FIX${'ME'}|XX${'X'}|HA${'CK'})\\b|simplified ${'for now'}`);

/** What is merged is finished. */
export const noUnfinishedWork: Rule = (files) =>
  files
    .filter(({ path }) => !/(?:^|\/)package-lock\.json$|\.(?:csv|pem)$/.test(path))
    .flatMap((file) =>
      matchingLines(file, UNFINISHED, 'finish it now, or leave it out and say so in the docs'),
    );

const MACHINE_PATH = new RegExp(
  `(?:^|[\\s"'\`=(:,])/(?:${['wo', 'ro', 'ho'].map((half, index) => half + ['rk', 'ot', 'me'][index]).join('|')}|Users)/`,
);
const REGISTRY = new RegExp(
  `\\bregistry\\.[a-z0-9-]+\\.[a-z]|://[^/\\s"']*(?:npm${'js'}|npm${'mirror'}|arti${'factory'}|ver${'daccio'})|"resolved": "https?:`,
);

/** The project says nothing about the machine or the registry it was made with. */
export const noPrivateTraces: Rule = (files) =>
  files
    .filter(({ path }) => !path.endsWith('.csv'))
    .flatMap((file) => [
      ...matchingLines(file, MACHINE_PATH, 'a path of one machine; use a path relative to the project'),
      ...matchingLines(file, REGISTRY, 'a registry address; .npmrc keeps them out of the lock file'),
    ]);

const ASKING = new Set(['refine', 'regex', 'superRefine']);

/** The message of `refine(check, message)` or `refine(check, { message })`. */
function messageOf(second: ts.Expression | undefined): ts.Expression | undefined {
  if (second === undefined || !ts.isObjectLiteralExpression(second)) {
    return second;
  }
  const found = second.properties.find((property) =>
    /^(?:message|error)$/.test(property.name?.getText() ?? ''),
  );
  return found !== undefined && ts.isPropertyAssignment(found) ? found.initializer : undefined;
}

/** Whoever sends something wrong reads why in their own language; Zod has no words for what only we ask. */
export const inputInBothLanguages: Rule = nodeRule(
  (path) => /^server\/src\/(?:modules|kernel\/http)\//.test(path) && !isTest(path),
  (node) => {
    const isAsked =
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      ASKING.has(node.expression.name.text);
    if (!isAsked) {
      return undefined;
    }
    const message = messageOf(node.arguments[1]);
    const isSaid = message !== undefined && !ts.isStringLiteralLike(message);
    return isSaid ? undefined : 'say what is asked for in both languages: inputMessage(en, zh)';
  },
);

const RUNNER = /^(?:it|test|describe|bench)$/;

/** The chain of a call such as `test.each(rows)('name', …)`: the runner first, then what was asked of it. */
function chainOf(expression: ts.Expression): string[] {
  if (ts.isIdentifier(expression)) {
    return [expression.text];
  }
  if (ts.isPropertyAccessExpression(expression)) {
    return [...chainOf(expression.expression), expression.name.text];
  }
  if (ts.isCallExpression(expression) || ts.isTaggedTemplateExpression(expression)) {
    return chainOf(ts.isCallExpression(expression) ? expression.expression : expression.tag);
  }
  return [];
}

const NOT_RUN = new Set(['only', 'skip', 'todo', 'skipIf', 'runIf', 'fails']);

/** Every test runs, every time. */
export const everyTestRuns: Rule = nodeRule(
  (path) => isTest(path),
  (node) => {
    if (!ts.isCallExpression(node) || ts.isCallExpression(node.parent)) {
      return undefined;
    }
    const [runner, ...modifiers] = chainOf(node.expression);
    if (runner !== undefined && /^(?:[fx]it|[fx]describe|xtest)$/.test(runner)) {
      return `${runner} leaves tests out; every test runs, every time`;
    }
    const modifier = modifiers.find((name) => NOT_RUN.has(name));
    return runner !== undefined && RUNNER.test(runner) && modifier !== undefined
      ? `.${modifier} leaves tests out; run it, delete it, or wrap it in an if on the engine`
      : undefined;
  },
);

const WORDS_IN_A_SENTENCE = 3;

/** The names of the tests are the specification; read together they tell what holds. */
export const testNames: Rule = nodeRule(
  (path) => isTest(path),
  (node) => {
    if (!ts.isCallExpression(node) || !/^(?:it|test)$/.test(chainOf(node.expression)[0] ?? '')) {
      return undefined;
    }
    const [name] = node.arguments;
    const isNamed = name !== undefined && (ts.isStringLiteralLike(name) || ts.isTemplateExpression(name));
    if (!isNamed || node.arguments.length < 2) {
      return undefined;
    }
    const words = name.getText().slice(1, -1).trim().split(/\s+/);
    return words.length < WORDS_IN_A_SENTENCE || words[0] === 'should'
      ? 'a test is named by the sentence that it proves, such as "a late payment is refunded by itself"'
      : undefined;
  },
);
