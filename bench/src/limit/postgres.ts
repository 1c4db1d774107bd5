import pg from 'pg';
import type { Plan, PlannedStatement } from './plan.ts';
import { beginRun, bind, type Run, type Runner } from './run-plan.ts';

const CONNECTIONS = 10;
const MAX_TRIES = 6;
const RETRYABLE = new Set(['40001', '40P01', '55P03']);

/** pg itself, one transaction for each request, over as many connections as the product has by default. */
export function openPostgres(url: string, plans: readonly Plan[]): Runner {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });

  let turn = 0;
  const names = new Map<string, string>();

  /** Prepared once for each connection, as the product does it. */
  function prepared(statement: PlannedStatement, run: Run) {
    const text = statement.sql;
    const name = names.get(text) ?? `limit${names.size}`;
    names.set(text, name);
    return { name, text, values: bind(statement, run) };
  }

  async function runOnce(plan: Plan): Promise<void> {
    const run = beginRun(plan);
    for (const statement of plan.reads) {
      await pool.query(prepared(statement, run));
    }
    const client = await pool.connect();
    try {
      await client.query("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '5s'");
      for (const statement of plan.writes) {
        await client.query(prepared(statement, run));
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  return async () => {
    const plan = plans[turn++ % plans.length] as Plan;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await runOnce(plan);
      } catch (error) {
        if (attempt === MAX_TRIES || !RETRYABLE.has(String((error as { code?: string }).code))) {
          throw error;
        }
      }
    }
  };
}
