/** Names that others rely on: error codes stand in clients' code, names of jobs and events in the database. */
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
