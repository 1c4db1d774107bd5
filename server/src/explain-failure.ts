import { ConfigError } from './kernel/config/index.ts';
import { MigrationHeldUp } from './kernel/db/index.ts';
import { isError, serviceUnavailable } from './kernel/errors.ts';
import { OutboundError } from './kernel/outbound/index.ts';

interface SystemError {
  readonly code: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
}

const isSystemError = (error: unknown): error is Error & SystemError =>
  error instanceof Error && typeof (error as Partial<SystemError>).code === 'string';

/**
 * What a person can mend who starts the program or a command of it, in a sentence that says where; `undefined` for anything
 * else, whose stack is then worth more.
 */
export function explainFailure(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof OutboundError || error instanceof MigrationHeldUp) {
    return error.message;
  }
  if (isError(error, serviceUnavailable)) {
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    return `The database does not answer (${cause}). DATABASE_URL says which one it is.`;
  }
  if (!isSystemError(error)) {
    return undefined;
  }
  if (error.syscall === 'listen') {
    const place = `${error.address ?? ''}:${error.port ?? ''}`;
    const why = error.code === 'EADDRINUSE' ? 'is taken' : `can not be listened on (${error.code})`;
    return `${place} ${why}. Set PORT or HOST to another one, or stop what listens there.`;
  }
  if (error.code === 'ERR_SQLITE_ERROR') {
    return `The database can not be used (${error.message}). DATABASE_URL says which file it is.`;
  }
  return error.syscall === undefined ? undefined : error.message;
}
