/** SQL that is right on every engine, and tables that only their owner writes. */
import ts from 'typescript';
import {
  type Finding,
  findingAt,
  isServerCode,
  isTest,
  nodeRule,
  type ProjectFile,
  type Rule,
  walk,
} from './project.ts';

const ENGINE_ONLY: Readonly<Record<string, string>> = {
  returning: 'MySQL has no RETURNING; ids are made by the application, and counts answer the rest',
  returningAll: 'MySQL has no RETURNING; ids are made by the application, and counts answer the rest',
  onConflict: 'use tx.insertOnce, which answers whether the row was new on every engine',
  onDuplicateKeyUpdate: 'use tx.insertOnce and a conditional update',
  orIgnore: 'use tx.insertOnce, which does not turn other errors into warnings',
  ignore: 'use tx.insertOnce, which does not turn other errors into warnings',
  forUpdate: 'use tx.lock, which knows what each engine can hold',
  forShare: 'use tx.lock, or a conditional update',
  skipLocked: 'claims are conditional updates; queues belong to kernel/jobs',
  noWait: 'claims are conditional updates; queues belong to kernel/jobs',
};

const ENGINE_ONLY_SQL =
  /\b(?:RETURNING|ON CONFLICT|ON DUPLICATE KEY|INSERT IGNORE|FOR UPDATE|OR REPLACE)\b|\|\||\s\/\s/i;

const isAboveKernel = (path: string): boolean => isServerCode(path) && !path.startsWith('server/src/kernel/');

/** Above the kernel, only the part of SQL that the three engines agree on. */
export const portableSql: Rule = nodeRule(isAboveKernel, (node) => {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const advice = ENGINE_ONLY[node.expression.name.text];
    return advice === undefined || !Object.hasOwn(ENGINE_ONLY, node.expression.name.text)
      ? undefined
      : `.${node.expression.name.text}() is not portable: ${advice}`;
  }
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText().startsWith('sql')) {
    const found = ENGINE_ONLY_SQL.exec(node.template.getText());
    return found === null
      ? undefined
      : `${found[0].trim()} means different things to the engines; compute it in the application`;
  }
  return undefined;
});

/** Where the tables of a file are at home: its module, gateway or channel, or the kernel. */
function ownerOf(path: string): string {
  return (
    /^server\/src\/kernel\//.exec(path)?.[0] ??
    /^server\/src\/[^/]+\/[^/]+\//.exec(path)?.[0] ??
    'server/src/'
  );
}

interface DeclaredTable {
  readonly name: string;
  readonly owner: string;
  readonly finding: (message: string) => Finding;
}

function declaredTables(files: readonly ProjectFile[]): DeclaredTable[] {
  const tables: DeclaredTable[] = [];
  for (const file of files.filter(({ path }) => isServerCode(path))) {
    walk(file, (node, ast) => {
      if (!ts.isInterfaceDeclaration(node) || node.name.text !== 'Schema') {
        return;
      }
      for (const member of node.members) {
        if (ts.isPropertySignature(member)) {
          tables.push({
            name: member.name.getText(ast).replaceAll(/['"]/g, ''),
            owner: ownerOf(file.path),
            finding: (message) => findingAt(file, member.getStart(ast), message),
          });
        }
      }
    });
  }
  return tables;
}

const WRITES = new Set(['insertInto', 'insertOnce', 'updateTable', 'deleteFrom', 'replaceInto', 'mergeInto']);
const WRITING_SQL = /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+["`]?([a-z_]+)/gi;

/** The names of the tables that a node writes. */
function writtenTables(node: ts.Node): string[] {
  if (ts.isCallExpression(node)) {
    const name = ts.isPropertyAccessExpression(node.expression)
      ? node.expression.name.text
      : node.expression.getText();
    const table = node.arguments.find(ts.isStringLiteralLike);
    return WRITES.has(name) && table !== undefined ? [table.text.split(' ')[0] ?? ''] : [];
  }
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
    return [...node.getText().matchAll(WRITING_SQL)].flatMap((match) => match[1] ?? []);
  }
  return [];
}

/** Each table has one owner, and nobody else writes it; other modules call the owner. */
export const tableOwners: Rule = (files) => {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  for (const table of declaredTables(files)) {
    const other = owners.get(table.name);
    if (other !== undefined) {
      findings.push(table.finding(`the table ${table.name} is declared in ${other} too; it has one owner`));
    } else if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(table.name)) {
      findings.push(table.finding(`tables are named in snake_case, not ${table.name}`));
    }
    owners.set(table.name, other ?? table.owner);
  }
  for (const file of files.filter(({ path }) => isServerCode(path))) {
    walk(file, (node, ast) => {
      for (const table of writtenTables(node)) {
        const owner = owners.get(table);
        if (owner !== undefined && !file.path.startsWith(owner)) {
          const message = `${table} belongs to ${owner}; call a function of its index.ts inside the transaction`;
          findings.push(findingAt(file, node.getStart(ast), message));
        }
      }
    });
  }
  return findings;
};

function mayBeUndefined(type: ts.TypeNode | undefined): boolean {
  return (
    type !== undefined &&
    ts.isUnionTypeNode(type) &&
    type.types.some((part) => part.kind === ts.SyntaxKind.UndefinedKeyword || part.getText() === 'null')
  );
}

/** Whoever may forget the transaction will: it is asked for, always. */
export const mandatoryTx: Rule = nodeRule(
  (path) => path.startsWith('server/') && !isTest(path),
  (node) => {
    if (!ts.isParameter(node) && !ts.isPropertySignature(node)) {
      return undefined;
    }
    const isOptional =
      node.questionToken !== undefined ||
      (ts.isParameter(node) && node.initializer !== undefined) ||
      mayBeUndefined(node.type);
    const isTransaction = node.name.getText() === 'tx' || /\bTx\b/.test(node.type?.getText() ?? '');
    const isHandle = isTransaction && (ts.isParameter(node) || node.name.getText() === 'tx');
    return isHandle && isOptional
      ? 'the transaction is a mandatory first argument; the caller opens it with db.tx'
      : undefined;
  },
);
