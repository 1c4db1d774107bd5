import { pino } from 'pino';

/** What modules may log with; pino underneath. The first argument carries facts, the second one the sentence. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  child(facts: object): Logger;
}

const SECRET_NAMES = [
  'password',
  'currentPassword',
  'newPassword',
  'accessToken',
  'refreshToken',
  'access_token',
  'authorization',
  'cookie',
  'secret',
  'session_key',
  'phone',
  'phoneNumber',
  'purePhoneNumber',
  'msisdn',
  'openid',
  'unionid',
];

/** Secrets and personal data are cut out wherever they stand, up to three levels deep. */
const redact = {
  paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[redacted]',
};

/** A logger that writes one JSON object a line to standard output. */
export function createLogger(level: string): Logger {
  return pino({ level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

/** A logger that writes nothing, for tests and commands. */
export const silentLogger: Logger = createLogger('silent');
