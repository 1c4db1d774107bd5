import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Db, pendingMigrations } from '../db/index.ts';
import { AppError, serviceUnavailable, unauthenticated } from '../errors.ts';
import type { Logger } from '../log/index.ts';

export interface OperationsDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly version: string;
  readonly metricsToken: string | null;
  /** The text that Prometheus reads, and its content type. */
  readonly readMetrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Whether the jobs of this process run; `true` where none are meant to. */
  readonly areJobsRunning: () => boolean;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** `/metrics` answers on loopback, or with the token as a bearer (RULES 30). A proxy on this machine must therefore not forward it. */
function mayReadMetrics(request: FastifyRequest, token: string | null): boolean {
  if (token === null) {
    return LOOPBACK.has(request.ip) && request.headers['x-forwarded-for'] === undefined;
  }
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Why the process can not serve now; empty when it can. */
async function findObstacles(deps: OperationsDeps): Promise<string[]> {
  const obstacles: string[] = [];
  try {
    await deps.db.query.selectFrom('jobs').select('id').limit(1).execute();
  } catch (error) {
    deps.log.error({ err: error }, 'the database does not answer');
    return ['database'];
  }
  if (!deps.areJobsRunning()) {
    obstacles.push('jobs');
  }
  return obstacles;
}

/** `/health` (alive), `/ready` (may get traffic) and `/metrics`. */
export function registerOperations(app: FastifyInstance, deps: OperationsDeps): void {
  const hidden = { config: { document: () => ({ hide: true }) } };
  let isMigrated = false;

  app.get('/health', hidden, async () => ({ status: 'ok', version: deps.version }));

  app.get('/ready', hidden, async () => {
    const obstacles = await findObstacles(deps);
    isMigrated ||= obstacles.length === 0 && (await pendingMigrations(deps.db)).length === 0;
    const all = isMigrated || obstacles.includes('database') ? obstacles : [...obstacles, 'migrations'];
    if (all.length > 0) {
      throw new AppError(serviceUnavailable, { details: { waitingFor: all }, retryAfterSeconds: 5 });
    }
    return { status: 'ready' };
  });

  app.get('/metrics', hidden, async (request, reply) => {
    if (!mayReadMetrics(request, deps.metricsToken)) {
      throw new AppError(unauthenticated);
    }
    const { contentType, text } = await deps.readMetrics();
    return reply.type(contentType).send(text);
  });
}
