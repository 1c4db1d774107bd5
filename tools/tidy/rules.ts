import { mandatoryTx, portableSql, tableOwners } from './database.ts';
import { errorCodes, jobAndEventNames } from './declarations.ts';
import { docstrings } from './docstrings.ts';
import { indexableKeys, keyLength } from './keys.ts';
import { fileNames, folderNames, moduleFaces } from './names.ts';
import { clockOnly, noConsole, noFloats, outboundOnly, randomOnly } from './outside-world.ts';
import type { Rule } from './project.ts';
import { fileLength, functionLength } from './sizes.ts';
import {
  everyTestRuns,
  inputInBothLanguages,
  noPrivateTraces,
  noUnfinishedWork,
  testNames,
} from './texts.ts';

/** Every house rule by the name that its findings carry. */
export const rules: Readonly<Record<string, Rule>> = {
  'file-length': fileLength,
  'function-length': functionLength,
  'folder-names': folderNames,
  'file-names': fileNames,
  'module-faces': moduleFaces,
  'outbound-only': outboundOnly,
  'clock-only': clockOnly,
  'random-only': randomOnly,
  'no-floats': noFloats,
  'no-console': noConsole,
  'portable-sql': portableSql,
  'table-owners': tableOwners,
  'mandatory-tx': mandatoryTx,
  'key-length': keyLength,
  'indexable-keys': indexableKeys,
  'error-codes': errorCodes,
  'job-and-event-names': jobAndEventNames,
  docstrings,
  'no-unfinished-work': noUnfinishedWork,
  'no-private-traces': noPrivateTraces,
  'input-in-both-languages': inputInBothLanguages,
  'every-test-runs': everyTestRuns,
  'test-names': testNames,
};
